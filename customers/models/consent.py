from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.scope import StoreScopedQuerySet
from customers.models.customer import Customer
from stores.models import Store


class Purpose(models.TextChoices):
    SURVEY = "survey", _("Satisfaction call")
    SERVICE = "service", _("Service call")
    REMINDER = "reminder", _("Reminder and care")
    MARKETING = "marketing", _("Marketing")


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")
    EMAIL = "email", _("E-mail")


def holding(day):
    """Return the condition for words whose last day is not over on ``day``."""
    return Q(expires_on=None) | Q(expires_on__gte=day)


class ConsentQuerySet(StoreScopedQuerySet):
    def newest(self, purpose, channel):
        return self.filter(purpose=purpose, channel=channel).order_by("-given_at", "-pk").first()

    def allows(self, customer, purpose, channel):
        """Tell whether the newest word of the customer on this purpose and channel is yes and still holds."""
        newest = self.filter(customer=customer).newest(purpose, channel)
        return newest is not None and newest.is_granted and newest.is_live

    def granted(self, purpose, channel):
        """Return the words by which customers allow this purpose on this channel: a yes that holds and is their newest word."""
        words = Consent.objects.filter(customer=OuterRef("customer"), purpose=purpose, channel=channel)
        newer = words.filter(Q(given_at__gt=OuterRef("given_at")) | Q(given_at=OuterRef("given_at"), pk__gt=OuterRef("pk")))
        return self.filter(holding(timezone.localdate()), ~Exists(newer), purpose=purpose, channel=channel, is_granted=True)

    def refused(self, purpose, channel):
        """Return the words by which customers refuse this purpose on this channel: a no that no newer yes has taken back."""
        later = Consent.objects.filter(customer=OuterRef("customer"), purpose=purpose, channel=channel, is_granted=True)
        newer = later.filter(Q(given_at__gt=OuterRef("given_at")) | Q(given_at=OuterRef("given_at"), pk__gt=OuterRef("pk")))
        return self.filter(holding(timezone.localdate()), ~Exists(newer), purpose=purpose, channel=channel, is_granted=False)

    def standing(self, customer):
        """Return ``{(purpose, channel): newest consent}`` in one query, without those that are over."""
        newest = {(consent.purpose, consent.channel): consent for consent in self.filter(customer=customer).order_by("given_at", "pk")}
        today = customer.store.today()
        return {key: consent for key, consent in newest.items() if consent.holds_on(today)}


class Consent(models.Model):
    """One word of a customer about one purpose and channel; the newest counts, older ones stay as proof."""

    view_permission = "customers.view"

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    # The proof outlives what it was asked for (PIPL Art. 56).
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents", verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    is_granted = models.BooleanField(_("granted"))
    source = models.CharField(_("source"), max_length=60)
    wording_version = models.CharField(_("wording version"), max_length=20, default="1")
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    expires_on = models.DateField(_("holds until"), null=True, blank=True, help_text=_("The last day; empty means until another word."))
    reason = models.CharField(_("the customer's reason"), max_length=200, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True, help_text=_("What proves it: number of the form, the call, the message."))
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        indexes = [models.Index(fields=["customer", "purpose", "channel", "-given_at"], name="consent_newest")]

    def __str__(self):
        return f"{self.get_purpose_display()} · {self.get_channel_display()}"

    def holds_on(self, day):
        """Tell whether the last day is not over; a word that is over counts as none (AR8)."""
        return self.expires_on is None or self.expires_on >= day

    @property
    def is_live(self):
        return self.holds_on(self.store.today())

    def repeats(self, is_granted, version):
        """Tell whether the same word was given before, still holds and was given to the same text."""
        return self.is_granted == is_granted and self.is_live and self.wording_version == version
