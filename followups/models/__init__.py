from followups.models.attempt import Attempt
from followups.models.claim import LEASE
from followups.models.followup import NO_SHOW, VERIFICATION, FollowUp
from followups.models.plan import Plan

__all__ = ["LEASE", "NO_SHOW", "VERIFICATION", "Attempt", "FollowUp", "Plan"]
