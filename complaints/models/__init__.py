from complaints.models.complaint import Complaint
from complaints.models.round import Round
from complaints.models.rules import Category, FeedbackRule

__all__ = ["Category", "Complaint", "FeedbackRule", "Round"]
