from messaging.models.cap import ContactCap
from messaging.models.message import Message, Reason
from messaging.models.optout import OptOut
from messaging.models.receipt import Receipt, SimulatedReceipt
from messaging.models.reply import Reply, is_opt_out
from messaging.models.rule import ReminderRule
from messaging.models.stop import ChannelStop
from messaging.models.template import ANSWER, MessageTemplate

__all__ = [
    "ANSWER", "ChannelStop", "ContactCap", "Message", "MessageTemplate", "OptOut", "Reason", "Receipt", "ReminderRule", "Reply",
    "SimulatedReceipt", "is_opt_out",
]  # fmt: skip
