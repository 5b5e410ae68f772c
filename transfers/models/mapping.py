from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.cells import squeezed
from common.errors import NotAllowed
from common.scope import StoreScopedQuerySet
from stores.models import Store
from transfers.models.imports import Kind


class FileMapping(models.Model):
    """What a store's dealer system means by a header or a word of its own (AR5); used for every later file of this kind."""

    view_permission = "transfers.import"

    class Part(models.TextChoices):
        HEADER = "header", _("Column")
        VISIT_KIND = "visit_kind", _("Visit type")
        PERSON = "person", _("Person")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    part = models.CharField(max_length=10, choices=Part)
    word = models.CharField(_("in the file"), max_length=120)
    # Compared without blanks, brackets and signs.
    word_key = models.CharField(max_length=120, editable=False)
    meaning = models.CharField(_("means"), max_length=40)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = StoreScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("file mapping")
        constraints = [models.UniqueConstraint(fields=["store", "kind", "part", "word_key"], name="file_mapping_once")]

    def __str__(self):
        return f"{self.word} → {self.meaning}"


@transaction.atomic
def remember(store, kind, part, meanings, *, by):
    """Keep ``{word: meaning}``; an empty meaning forgets what the word meant."""
    if not by.may("transfers.import", store.pk):
        raise NotAllowed
    for word, meaning in meanings.items():
        key = {"store": store, "kind": kind, "part": part, "word_key": squeezed(word)}
        if not meaning:
            FileMapping.objects.filter(**key).delete()
            continue
        given = {"word": word, "meaning": meaning, "changed_at": timezone.now(), "changed_by": by}
        mapping, _is_new = FileMapping.objects.update_or_create(**key, defaults=given)
        record("filemapping.set", mapping, by=by, word=word, meaning=meaning, part=part)
