from messaging.models.message import Message, Reason
from messaging.models.receipt import Receipt, SimulatedReceipt
from messaging.models.rule import ReminderRule
from messaging.models.stop import ChannelStop
from messaging.models.template import PLACEHOLDERS, MessageTemplate

__all__ = ["PLACEHOLDERS", "ChannelStop", "Message", "MessageTemplate", "Reason", "Receipt", "ReminderRule", "SimulatedReceipt"]
