"""My day: what each person looks at first, by what the person may do. Every part is one or two queries, read only when shown."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.roles import Role
from common.periods import Grain, Period
from complaints.models import Complaint
from followups.models import FollowUp
from followups.queue import Queue
from followups.templatetags.followups import capped
from kpis.picker import Picker
from kpis.presentation import tiles_of
from messaging.models import Reply
from stores.calendar import missing_makeup_years
from surveys.models import MysteryShop
from surveys.services import mystery_shop_shortfall
from visits.models import Appointment, Delivery, Visit

SHOWN = 8
# The figures a role looks at first.
KEY_FIGURES = {
    Role.STORE_MANAGER: ["csi", "css", "coverage", "complaint_feedback_in_time", "comeback_rate", "on_time_handover", "satisfaction_after_sales", "ms_average"],
    Role.GROUP_MANAGER: ["csi", "css", "coverage", "complaint_feedback_in_time", "comeback_rate", "on_time_handover", "satisfaction_after_sales", "ms_average"],
    Role.SERVICE_MANAGER: ["csi", "satisfaction_after_sales", "on_time_handover", "comeback_rate"],
    Role.SALES_MANAGER: ["css", "satisfaction_sales", "success_sales", "ms_sales"],
    Role.CARE_MANAGER: ["coverage", "success_after_sales", "success_sales", "complaint_feedback_in_time"],
}


@dataclass(frozen=True)
class Stat:
    label: str
    value: int | str
    url: str
    icon: str
    tone: str = "neutral"


def page(name, **query):
    return reverse(name) + ("?" + urlencode(query) if query else "")


class Home:
    def __init__(self, user, now=None):
        self.user, self.now = user, now or timezone.now()
        self.roles = set(user.roles)
        self.today = timezone.localdate(self.now)

    @property
    def is_empty(self):
        return not (self.stats or self.slips or self.appointments or self.tiles or self.shortfalls or self.shops or self.may_call)

    @property
    def may_call(self):
        return self.user.may("followups.work")

    @property
    def oversees(self):
        return bool(self.roles & {Role.STORE_MANAGER, Role.GROUP_MANAGER})

    @cached_property
    def years_without_makeup_days(self):
        """Return the years whose make-up working days are not entered yet; deadlines in them may move (T74)."""
        return missing_makeup_years(self.today) if self.oversees or self.user.may("stores.manage") else []

    @cached_property
    def stats(self):
        """Return the counts of the person's work, each a link to its rows."""
        counts = []
        if self.may_call:
            counts += self.calls()
        elif self.oversees:
            counts.append(self.overdue_calls())
        if self.user.may("visits.create") or self.oversees:
            counts += self.workshop()
        if self.user.may("visits.deliver"):
            counts.append(self.deliveries())
        if self.user.may("complaints.view"):
            counts += self.complaints()
        if self.user.may("messaging.view"):
            counts += self.replies()
        return counts

    @cached_property
    def queue(self):
        return Queue(self.user, self.now, shown=SHOWN)

    def calls(self):
        queue = self.queue
        counts = [
            Stat(_("Calls due now"), capped(queue.due), page("followups:queue"), "phone-call", "accent"),
            Stat(_("Overdue calls"), capped(queue.overdue), page("followups:queue"), "alarm-clock", "danger"),
            Stat(_("Promised calls"), capped(queue.promised), page("followups:list", status="open", promised="true"), "calendar-clock"),
        ]
        if self.user.may("complaints.verify"):
            counts.append(Stat(_("Waiting for verification"), capped(queue.verifications), page("complaints:list", status="answered"), "message-square-reply"))
        return counts

    def overdue_calls(self):
        count = FollowUp.objects.for_user(self.user).overdue(self.now).count()
        return Stat(_("Overdue calls"), count, page("followups:list", status="open", overdue="true"), "alarm-clock", "danger")

    def workshop(self):
        visits = Visit.objects.for_user(self.user).in_shop()
        own = {"advisor": self.user.pk} if self.roles == {Role.SERVICE_ADVISOR} else {}
        found = visits.filter(**own).aggregate(here=Count("pk"), late=Count("pk", filter=Q(promised_at__lt=self.now)))
        return [
            Stat(_("Cars in the shop"), found["here"], page("visits:list", status="in_shop", **own), "wrench"),
            Stat(_("Overdue promises"), found["late"], page("visits:list", overdue="true", **own), "alarm-clock", "danger"),
        ]

    def deliveries(self):
        month = Period.containing(self.today)
        own = {"salesperson": self.user.pk} if self.roles == {Role.SALESPERSON} else {}
        start = timezone.make_aware(timezone.datetime.combine(month.first, timezone.datetime.min.time()))
        count = Delivery.objects.for_user(self.user).filter(delivered_at__gte=start, **own).count()
        return Stat(_("Deliveries this month"), count, page("visits:delivery_list", delivered_from=month.first, **own), "key-round")

    def complaints(self):
        """Return the open slips about the person, or all of the stores for those who oversee them, and the overdue ones."""
        slips = Complaint.objects.for_user(self.user)
        if not self.user.may("kpis.view"):
            count = slips.open().filter(employee=self.user).count()
            return [
                Stat(
                    _("Open complaints about me"),
                    count,
                    page("complaints:list", open="true", employee=self.user.pk) if count else page("complaints:list"),
                    "message-square-warning",
                    "warn",
                )
            ]
        found = slips.open().aggregate(open=Count("pk"), late=Count("pk", filter=Q(status=Complaint.Status.ISSUED, due_at__lt=self.now)))
        return [
            Stat(_("Open complaints"), found["open"], page("complaints:list", open="true"), "message-square-warning"),
            Stat(_("Feedback overdue"), found["late"], page("complaints:list", overdue="true"), "alarm-clock", "danger"),
        ]

    def replies(self):
        """Return the customers who have written and wait, and those who wait longer than they should (ME6)."""
        waiting = Reply.objects.for_user(self.user).waiting()
        found = waiting.aggregate(all=Count("customer", distinct=True), late=Count("customer", distinct=True, filter=Q(due_at__lt=self.now)))
        return [
            Stat(_("Unanswered replies"), found["all"], page("messaging:reply_list"), "messages-square", "accent"),
            Stat(_("Answers overdue"), found["late"], page("messaging:reply_list"), "alarm-clock", "danger"),
        ]

    @cached_property
    def slips(self):
        """Return the slips that wait for the person's department, the most urgent first."""
        if not self.user.may("complaints.answer"):
            return []
        waiting = Complaint.objects.for_user(self.user).headed_by(self.user).filter(status=Complaint.Status.ISSUED)
        return list(waiting.for_list().order_by("due_at")[:SHOWN])

    @property
    def slips_url(self):
        return page("complaints:list", mine="true", status="issued")

    @cached_property
    def appointments(self):
        if not self.user.may("visits.create"):
            return []
        booked = Appointment.objects.for_user(self.user).booked().on_day(self.today)
        return list(booked.with_people().order_by("starts_at")[:SHOWN])

    @cached_property
    def picker(self):
        stores = tuple(self.user.stores_with("kpis.view"))
        return Picker(stores, stores[0] if len(stores) == 1 else None, Period.containing(self.today, Grain.ROLLING_3), self.today)

    @cached_property
    def tiles(self):
        """Return the key figures of the last three months: a single month says little at its beginning."""
        codes = list(dict.fromkeys(code for role in KEY_FIGURES if role in self.roles for code in KEY_FIGURES[role]))
        return list(tiles_of(self.picker, self.user, codes).values()) if codes and self.picker.stores else []

    @cached_property
    def shortfalls(self):
        """Return ``[(store, lines)]`` of the mystery shops still missing this month."""
        if not self.user.may("surveys.audit"):
            return []
        stores = self.user.stores_with("surveys.audit")[:SHOWN]
        found = [(store, [line for line in mystery_shop_shortfall(store, self.today) if line.missing]) for store in stores]
        return [(store, lines) for store, lines in found if lines]

    @cached_property
    def shops(self):
        """Return the latest mystery shops about the person."""
        if not self.user.may("surveys.view_own_audits"):
            return []
        recent = self.today - timedelta(days=90)
        return list(
            MysteryShop.objects.for_user(self.user).submitted().filter(employee=self.user, visited_on__gte=recent).with_context().order_by("-visited_on")[:3]
        )
