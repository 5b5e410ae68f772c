"""Reminders: planned by the real sweep as if it had run every week, sent up to last night."""

from datetime import timedelta
from operator import attrgetter

from django.db.models import F

from common.bulk import OnConflict, load
from demo.world import DAY, MINUTE
from messaging.models import Message, Reason, Reply, SimulatedReceipt
from messaging.reminders import HORIZON, plan_reminders
from messaging.replies import answer_due

Status = Message.Status
LOOK_BACK = 28 * DAY
PLANNED_BEFORE = timedelta(days=7)
FAILED, UNCERTAIN = 0.008, 0.004
# By what a message says and not by keys, which differ from run to run.
ORDER = ["due_at", "customer__phone", "vehicle__vin", "template__code"]
# Every so manieth message that arrived is replied to; what was written in the last days still waits.
REPLIED = 25
REPLIES = ["周六上午可以预约吗？", "好的，谢谢", "已经在别处做过了", "请问这次保养大概多少钱？", "下周再联系我吧", "可以帮我代办年检吗？"]
STRANGERS = [("17000001234", "你好，请问你们店周末营业吗？"), ("17000005678", "我换号码了，以后请联系这个号")]
UNANSWERED_SINCE = timedelta(days=1)
CHANGED = ("status", "reason", "attempts", "lease_until", "sent_at", "created_at")


def remind(world):
    """Plan the reminders of the last weeks and the next one, and send what was due before today."""
    for weeks in range(LOOK_BACK // HORIZON, -1, -1):
        plan_reminders(now=world.now - HORIZON * weeks)
    rng = world.random("messages")
    Message.objects.filter(due_at__lt=F("customer__created_at")).delete()
    messages, reached = list(Message.objects.select_related("store", "customer", "template").order_by(*ORDER)), set()
    for message in messages:
        message.created_at = max(message.due_at - PLANNED_BEFORE, message.customer.created_at)
        if message.due_at < world.now:
            send(world, rng, message, reached)
    columns = [each.attname for each in Message._meta.concrete_fields if not each.primary_key]
    load(Message, columns, map(attrgetter(*columns), messages), OnConflict(key=("key",), update=CHANGED))
    reply(world, rng, [message for message in messages if message.status == Status.SENT])


def reply(world, rng, arrived):
    """Let some customers write back, most of them long settled, and two strangers write."""
    replies = []
    for message in arrived[::REPLIED]:
        at = min(message.sent_at + MINUTE * rng.randint(5, 300), world.now)
        fields = {"store": message.store, "customer": message.customer, "message": message, "phone": message.phone, "body": rng.choice(REPLIES)}
        is_over = at < world.now - UNANSWERED_SINCE
        closing = {"status": Reply.Status.SETTLED, "closed_at": at + MINUTE * 40} if is_over else {}
        replies.append(Reply(**fields, received_at=at, due_at=answer_due(message.store, at), **closing))
    for phone, body in STRANGERS:
        store = world.branches[0].store
        replies.append(Reply(store=store, phone=phone, body=body, received_at=world.now - MINUTE * 90, status=Reply.Status.UNMATCHED))
    for each in Reply.objects.bulk_create(replies):
        if each.customer_id:
            world.books.note("reply.received", each, each.received_at, words=each.body)


def send(world, rng, message, reached):
    """Let one message end as the sender would have ended it: at most one care message a day, none to a doubtful number."""
    at = message.due_at + MINUTE * rng.randint(0, 9)
    once_a_day = (message.customer_id, message.due_at.date())
    drawn = rng.random()
    if message.customer.phone_doubtful_at:
        return end(world, message, at, Status.CANCELLED, Reason.PHONE_DOUBTFUL)
    if once_a_day in reached:
        return end(world, message, at, Status.EXPIRED, Reason.CARE_TODAY)
    reached.add(once_a_day)
    message.attempts, message.lease_until = 1, at + MINUTE * 2
    if drawn < FAILED:
        return end(world, message, at, Status.FAILED, Reason.REFUSED)
    if drawn < FAILED + UNCERTAIN:
        return doubt(world, message, at)
    message.status, message.sent_at = Status.SENT, at
    world.books.enter(SimulatedReceipt, message.pk, message.phone, message.body, at)
    world.books.note("message.sent", message, at, **message.particulars)


def end(world, message, at, status, reason):
    message.status, message.reason = status, reason
    world.books.note(f"message.{status}", message, at, **message.particulars, reason=reason)


def doubt(world, message, at):
    message.status, message.reason = Status.UNCERTAIN, Reason.NO_ANSWER
    world.books.note("message.doubted", message, at, **message.particulars)
