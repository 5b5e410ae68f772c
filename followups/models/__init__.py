from followups.models.attempt import Attempt
from followups.models.claim import LEASE
from followups.models.followup import VERIFICATION, FollowUp
from followups.models.plan import Plan

__all__ = ["LEASE", "VERIFICATION", "Attempt", "FollowUp", "Plan"]
