"""The registry of indicators: one entry each, read by page, API, command and documentation."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from surveys.models import Side


class Unit(models.TextChoices):
    POINTS = "points", _("points of 1000")
    PERCENT = "percent", _("percent")
    SCORE = "score", _("score of 100")


class Direction(models.TextChoices):
    HIGH = "high", _("the more the better")
    LOW = "low", _("the less the better")


class Group(models.TextChoices):
    INDEX = "index", _("Indexes")
    ANSWERS = "answers", _("Satisfaction")
    CALLS = "calls", _("Follow-up calls")
    WORK = "work", _("Complaints and workshop")
    SHOPS = "shops", _("Mystery shops")


@dataclass(frozen=True)
class Sum:
    """A number of rows: ``n``, ``numerator`` or ``total`` of a part."""

    part: str
    column: str = "n"


@dataclass(frozen=True)
class Indicator:
    """``over`` divided by ``under``; a mean has its sum of points over its answers.

    ``minimum_n``: below it the value is hidden. A sample of opinions hides below 10; a count of all the work hides nothing but the void.
    ``version`` grows whenever the definition changes.
    """

    code: str
    name: str
    formula: str
    excluded: str
    group: Group
    over: tuple[Sum, ...]
    under: tuple[Sum, ...]
    unit: Unit = Unit.PERCENT
    direction: Direction = Direction.HIGH
    side: str = ""
    minimum_n: int = 10
    version: int = 1
    # The denominator comes from mystery-shop quotas, not from rows.
    is_quota: bool = False

    @property
    def is_mean(self) -> bool:
        return self.unit != Unit.PERCENT

    @property
    def is_sample(self) -> bool:
        return self.minimum_n > 1

    @property
    def highest(self) -> Decimal:
        return Decimal(1000 if self.unit == Unit.POINTS else 100)

    @property
    def sign(self) -> str:
        return "%" if self.unit == Unit.PERCENT else ""

    @property
    def side_name(self) -> str:
        return Side(self.side).label if self.side else ""

    @property
    def part_codes(self) -> set[str]:
        return {each.part for each in (*self.over, *self.under)}

    @property
    def factor_part(self) -> str:
        """Return the part with the factor scores of an index, empty for everything else."""
        return f"{self.code}.factor" if self.group == Group.INDEX else ""


def share(code, name, formula, excluded, group, part, **more):
    """An indicator whose numerator is a part of its denominator."""
    return Indicator(code, name, formula, excluded, group, (Sum(part, "numerator"),), (Sum(part),), **more)


def shares(code, name, formula, excluded, group, parts, **more):
    """Several shares taken together."""
    return Indicator(code, name, formula, excluded, group, tuple(Sum(part, "numerator") for part in parts), tuple(Sum(part) for part in parts), **more)


def mean(code, name, formula, excluded, group, parts, **more):
    return Indicator(code, name, formula, excluded, group, tuple(Sum(part, "total") for part in parts), tuple(Sum(part) for part in parts), **more)


VOIDED = _("Voided responses.")
PARTIAL = _("Voided responses and those with less than the required share of the weight answered.")
NOT_INTERVIEWS = _("Voided responses; calls that check a complaint's answer; face interviews, which have their own figure.")
NOT_CALLS = _("Cancelled calls, customers who must not be called, letters, calls that check a complaint's answer. A call counts once its due time has passed.")
INDEX_FORMULA = _("Mean of the index points of the responses, by day of service or delivery.")
SUCCESS_FORMULA = _("Completed calls / (calls due − not eligible), by due day.")
SATISFIED_FORMULA = _("Satisfied responses / responses, by day of service or delivery.")
COMPLAINING_FORMULA = _("Complaining responses / responses, by day of service or delivery.")
FACE_FORMULA = _("Satisfied / interviewed: face interviews of buyers by day of delivery, home visits from a sample by their day.")
FACE_COMPLAINING_FORMULA = _("Complaining / interviewed: face interviews of buyers by day of delivery, home visits from a sample by their day.")
TOP_BOX_FORMULA = _("Highest rating of the overall question / answers to it, by day of service or delivery.")
SHOPS_FORMULA = _("Mean of the scores of mystery shops, by day of the shop.")
DRAFTS = _("Mystery shops not yet submitted.")
NOTHING = _("Nothing.")
SALES, AFTER_SALES = Side.SALES.value, Side.AFTER_SALES.value
SHOPS = {side: [f"shops.{side}.announced", f"shops.{side}.covert"] for side in (SALES, AFTER_SALES)}
ALL_SHOPS = SHOPS[SALES] + SHOPS[AFTER_SALES]

INDICATORS = {
    indicator.code: indicator
    for indicator in [
        mean("csi", _("Service satisfaction (CSI)"), INDEX_FORMULA, PARTIAL, Group.INDEX, ["csi"], unit=Unit.POINTS, side=AFTER_SALES),
        mean("css", _("Sales satisfaction (CSS)"), INDEX_FORMULA, PARTIAL, Group.INDEX, ["css"], unit=Unit.POINTS, side=SALES),
        mean("mot", _("Moments of truth (MOT)"), INDEX_FORMULA, PARTIAL, Group.INDEX, ["mot"], unit=Unit.POINTS, side=AFTER_SALES),
        share(
            "satisfaction_after_sales",
            _("Satisfied after service"),
            SATISFIED_FORMULA,
            NOT_INTERVIEWS,
            Group.ANSWERS,
            "satisfied.after_sales",
            side=AFTER_SALES,
        ),
        share("satisfaction_sales", _("Satisfied after purchase"), SATISFIED_FORMULA, NOT_INTERVIEWS, Group.ANSWERS, "satisfied.sales", side=SALES),
        shares("satisfaction_face", _("Satisfied in face interviews"), FACE_FORMULA, VOIDED, Group.ANSWERS, ["satisfied.face", "satisfied.visited"], version=2),
        shares(
            "complaining_face",
            _("Complaining in face interviews"),
            FACE_COMPLAINING_FORMULA,
            VOIDED,
            Group.ANSWERS,
            ["complaining.face", "complaining.visited"],
            direction=Direction.LOW,
        ),
        share(
            "complaining_after_sales",
            _("Complaining after service"),
            COMPLAINING_FORMULA,
            NOT_INTERVIEWS,
            Group.ANSWERS,
            "complaining.after_sales",
            side=AFTER_SALES,
            direction=Direction.LOW,
        ),
        share(
            "complaining_sales",
            _("Complaining after purchase"),
            COMPLAINING_FORMULA,
            NOT_INTERVIEWS,
            Group.ANSWERS,
            "complaining.sales",
            side=SALES,
            direction=Direction.LOW,
        ),
        share("top_box_after_sales", _("Highest rating after service"), TOP_BOX_FORMULA, VOIDED, Group.ANSWERS, "top_box.after_sales", side=AFTER_SALES),
        share("top_box_sales", _("Highest rating after purchase"), TOP_BOX_FORMULA, VOIDED, Group.ANSWERS, "top_box.sales", side=SALES),
        share("coverage", _("Call coverage"), _("Calls with at least one attempt / calls due, by due day."), NOT_CALLS, Group.CALLS, "attempted", minimum_n=1),
        share(
            "success_after_sales",
            _("Call success after service"),
            SUCCESS_FORMULA,
            NOT_CALLS,
            Group.CALLS,
            "success.after_sales",
            side=AFTER_SALES,
            minimum_n=1,
        ),
        share("success_sales", _("Call success after purchase"), SUCCESS_FORMULA, NOT_CALLS, Group.CALLS, "success.sales", side=SALES, minimum_n=1),
        share(
            "on_time_callback",
            _("Calls in time"),
            _("Calls completed by their due time / calls due, by due day."),
            NOT_CALLS,
            Group.CALLS,
            "on_time",
            minimum_n=1,
        ),
        share(
            "face_success",
            _("Face interviews of buyers"),
            _("Deliveries with a face interview or a home visit from a sample / deliveries, by day of delivery."),
            VOIDED,
            Group.CALLS,
            "face_interview",
            side=SALES,
            minimum_n=1,
            version=2,
        ),
        share(
            "complaint_feedback_in_time",
            _("Complaint feedback in time"),
            _("Rounds answered by their deadline / rounds issued, by day of issue."),
            _("Rounds that are still open and not yet due."),
            Group.WORK,
            "feedback",
            minimum_n=1,
        ),
        Indicator(
            "complaint_rate",
            _("Complaint rate"),
            _("Complaints / (visits + deliveries), each by its day."),
            _("Slips of the kind grievance; cancelled visits."),
            Group.WORK,
            (Sum("complaints"),),
            (Sum("visits"), Sum("deliveries")),
            direction=Direction.LOW,
            minimum_n=1,
        ),
        share(
            "reissue_rate",
            _("Slips issued again"),
            _("Slips with a second round / slips, by day of opening."),
            NOTHING,
            Group.WORK,
            "slips",
            direction=Direction.LOW,
            minimum_n=1,
        ),
        share(
            "comeback_rate",
            _("Comeback rate"),
            _("Comeback visits / visits, by day of arrival."),
            _("Cancelled visits."),
            Group.WORK,
            "visits",
            side=AFTER_SALES,
            direction=Direction.LOW,
            minimum_n=1,
        ),
        share(
            "first_time_fix",
            _("Fixed the first time"),
            _("Repairs without a comeback within 30 days and without a failed check / repairs handed over, by day of hand-over."),
            _("Maintenance; comebacks judged to be another fault."),
            Group.WORK,
            "first_time_fix",
            side=AFTER_SALES,
            minimum_n=1,
        ),
        share(
            "internal_rework",
            _("Internal rework"),
            _("Repairs that failed a check in the workshop / repairs handed over, by day of hand-over."),
            _("Maintenance; comebacks, which have their own figure."),
            Group.WORK,
            "internal_rework",
            side=AFTER_SALES,
            direction=Direction.LOW,
            minimum_n=1,
        ),
        share(
            "on_time_handover",
            _("On-time hand-over"),
            _("Handed over at or before the promised time / handed over with a promise, by day of hand-over."),
            _("Visits without a promised time."),
            Group.WORK,
            "hand_overs",
            side=AFTER_SALES,
            minimum_n=1,
        ),
        mean("ms_average", _("Mystery shops, average"), SHOPS_FORMULA, DRAFTS, Group.SHOPS, ALL_SHOPS, unit=Unit.SCORE, minimum_n=1),
        mean("ms_sales", _("Mystery shops, sales"), SHOPS_FORMULA, DRAFTS, Group.SHOPS, SHOPS[SALES], unit=Unit.SCORE, side=SALES, minimum_n=1),
        mean(
            "ms_after_sales",
            _("Mystery shops, after-sales"),
            SHOPS_FORMULA,
            DRAFTS,
            Group.SHOPS,
            SHOPS[AFTER_SALES],
            unit=Unit.SCORE,
            side=AFTER_SALES,
            minimum_n=1,
        ),
        Indicator(
            "ms_completion",
            _("Mystery shops done"),
            _("Shops done, at most the quota of each person and kind / quota, by month."),
            _("Shops above the quota of a person; quotas of people who have left."),
            Group.SHOPS,
            tuple(Sum(part) for part in ALL_SHOPS),
            (),
            minimum_n=1,
            is_quota=True,
        ),
    ]
}


def indicator(code: str) -> Indicator:
    """Return the entry of ``code``; an unknown one is refused with the codes there are."""
    try:
        return INDICATORS[code]
    except KeyError:
        message = _("Unknown indicator “%(code)s”. Accepted are: %(codes)s.") % {"code": code, "codes": ", ".join(INDICATORS)}
        raise DomainError(message, code="unknown_indicator", field="codes") from None
