from followups.models.attempt import Attempt
from followups.models.claim import LEASE
from followups.models.doubt import Doubt
from followups.models.evidence import EvidenceRule
from followups.models.followup import KEY_ACCOUNT, NO_SHOW, OCCASION, VERIFICATION, FollowUp
from followups.models.plan import Plan
from followups.models.report import Report
from followups.models.sample import Sample
from followups.models.sample_row import SampleRow
from followups.models.shift import Shift

__all__ = [
    "KEY_ACCOUNT",
    "LEASE",
    "NO_SHOW",
    "OCCASION",
    "VERIFICATION",
    "Attempt",
    "Doubt",
    "EvidenceRule",
    "FollowUp",
    "Plan",
    "Report",
    "Sample",
    "SampleRow",
    "Shift",
]
