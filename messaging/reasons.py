from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why a message waits or did not go out."""

    QUIET_HOURS = "quiet_hours", _("waits for the end of quiet hours")
    CARE_TODAY = "care_today", _("waits: the customer had a care message today")
    PROMOTION_CAP = "promotion_cap", _("waits: the customer had enough promotions")
    CONTACT_CAP = "contact_cap", _("waits: the customer was contacted often enough")
    UNAVAILABLE = "unavailable", _("the channel could not be reached")
    REFUSED = "refused", _("the channel refused it")
    CHANNEL_STOPPED = "channel_stopped", _("waits: the channel is stopped")
    UNDELIVERED = "undelivered", _("the provider could not deliver it")
    NO_CODE = "no_code", _("the text has no code at the provider")
    NOT_TAKEN = "not_taken", _("the channel had not taken it")
    NO_ANSWER = "no_answer", _("nobody can tell whether it arrived")
    TOO_LATE = "too_late", _("its time was over")
    NO_CONSENT = "no_consent", _("no consent for this purpose by this way")
    OPTED_OUT = "opted_out", _("the customer has opted out by a reply")
    DO_NOT_CONTACT = "do_not_contact", _("the customer does not want to be contacted")
    NO_MOBILE = "no_mobile", _("no mobile number")
    NO_ADDRESS = "no_address", _("no address for this channel")
    NOT_ALLOWED = "not_allowed", _("this system may not write to this recipient")
    PHONE_DOUBTFUL = "phone_doubtful", _("the number is doubtful")
    OWNER_CHANGED = "owner_changed", _("the car has another owner now")
    DATE_MOVED = "date_moved", _("the day has moved")
    VISITED = "visited", _("the car has been here for maintenance meanwhile")
    COMPLAINT_OPEN = "complaint_open", _("the customer has an open complaint")
    INVITATION_OVER = "invitation_over", _("the invitation has been answered, or what it invites to is over")
    MISSING_VALUE = "missing_value", _("a value of the text is missing")
    RESTRICTED = "restricted", _("the record is restricted or erased")
    STOPPED = "stopped", _("stopped by hand")


# The customer has had enough for now: such a wait is told on the timeline.
CAPS = {Reason.CARE_TODAY, Reason.PROMOTION_CAP, Reason.CONTACT_CAP}
