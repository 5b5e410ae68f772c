from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.scope import StoreScopedQuerySet
from customers.models.customer import Customer
from stores.models import Store

HOUR = timedelta(hours=1)
# Logs of access are kept half a year.
KEPT = timedelta(days=183)


class PageViewQuerySet(StoreScopedQuerySet):
    def lately(self, user, now):
        return self.filter(by=user, at__gt=now - HOUR)

    def with_names(self):
        names = Customer.everyone.filter(pk=models.OuterRef("customer_ref")).values("name")
        return self.annotate(customer_name=models.Subquery(names))

    def forget(self, now):
        return self.filter(at__lte=now - KEPT).delete()


class PageView(models.Model):
    """Who opened the pages of which customer; within an hour each customer once (T31)."""

    view_permission = "customers.watch"

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False, verbose_name=_("store"))
    # By id: a look keeps nobody from merging the record or from undoing its import.
    customer_ref = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    has_rung = models.BooleanField(default=False)

    objects = PageViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("opened page")
        verbose_name_plural = _("opened pages")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["by", "-at"], name="page_view_by_person"),
            models.Index(fields=["store", "-at"], name="page_view_of_store"),
            models.Index(fields=["at"], name="page_view_age"),
        ]

    def __str__(self):
        return f"{self.by} · {self.customer_ref}"
