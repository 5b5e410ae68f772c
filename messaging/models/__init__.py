from messaging.models.message import Message, Reason
from messaging.models.receipt import SimulatedReceipt
from messaging.models.rule import ReminderRule
from messaging.models.template import PLACEHOLDERS, MessageTemplate

__all__ = ["PLACEHOLDERS", "Message", "MessageTemplate", "Reason", "ReminderRule", "SimulatedReceipt"]
