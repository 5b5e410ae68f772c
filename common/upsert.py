"""Create or change by ``(source, external_id)``: what another system sends again and again (AP5)."""

from collections import Counter

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from common.api import StrictSerializerMixin, problem_details
from common.errors import DomainError

LARGEST_BATCH = 1000
OUTCOMES = ("created", "updated", "unchanged", "failed")
KEY = ("source", "external_id")


class BatchSerializer(StrictSerializerMixin, serializers.Serializer):
    too_many = gettext_lazy("A batch holds at most {max_length} items.")
    items = serializers.ListField(child=serializers.JSONField(allow_null=True), max_length=LARGEST_BATCH, error_messages={"max_length": too_many})


class UpsertMixin:
    """``PUT …/upsert/`` takes one row, ``POST …/bulk/`` up to a thousand, each on its own.

    Store and key must stand in the row; fields that are not sent stay as they are. A row that says what is
    known already changes nothing and leaves no event. ``parent`` names the field that decides the store.
    """

    parent = "store"
    upsert_serializer_class = None

    @extend_schema(description=gettext_lazy("Create the row of this source and external id, or change what differs."))
    @action(detail=False, methods=["put"])
    def upsert(self, request):
        row, outcome = self.take_in(request.data)
        return Response(self.serializer_class(row, context=self.get_serializer_context()).data, status=201 if outcome == "created" else 200)

    @extend_schema(request=BatchSerializer, responses=OpenApiTypes.OBJECT)
    @action(detail=False, methods=["post"], filterset_class=None)
    def bulk(self, request):
        batch = BatchSerializer(data=request.data)
        batch.is_valid(raise_exception=True)
        results = [self.result_of(index, item) for index, item in enumerate(batch.validated_data["items"])]
        counts = Counter(result["outcome"] for result in results)
        return Response({outcome: counts[outcome] for outcome in OUTCOMES} | {"results": results})

    def result_of(self, index, item):
        """Take one item in a transaction of its own, so that a bad one spoils no other and nobody waits for the whole batch."""
        result = {"index": index} | {name: item.get(name) if isinstance(item, dict) else None for name in KEY}
        try:
            row, outcome = self.take_in(item)
        except (APIException, DomainError, DjangoValidationError) as error:
            problem = problem_details(error, self.get_serializer_context()).data
            return result | {"outcome": "failed"} | {name: problem[name] for name in ("code", "detail", "errors")}
        return result | {"outcome": outcome, "id": row.pk}

    def take_in(self, data):
        """Return the row and what came of it; two writers with the same new key both succeed."""
        if not isinstance(data, dict):
            raise ValidationError({"non_field_errors": [_("An item is an object with named fields.")]})
        try:
            with transaction.atomic():
                return self.take_once(data)
        except IntegrityError:
            return self.take_once(data)

    @transaction.atomic
    def take_once(self, data):
        row = self.find_by_key(data)
        serializer = self.upsert_serializer(row, data)
        serializer.is_valid(raise_exception=True)
        if row is None:
            return self.take_new(serializer), "created"
        changes = {name: value for name, value in serializer.validated_data.items() if name in data and getattr(row, name) != value}
        if changes:
            self.amend(row, changes, serializer)
        return row, "updated" if changes else "unchanged"

    def find_by_key(self, data):
        """Return the row of this key in the store the data speak of, None when it is new."""
        missing = {name: [_("Say which row of which system this is.")] for name in KEY if not (isinstance(data.get(name), str) and data[name].strip())}
        if missing:
            raise ValidationError(missing)
        key = {name: data[name].strip() for name in KEY}
        return self.get_queryset().filter(store=self.store_of(data), **key).first()

    def store_of(self, data):
        field = self.upsert_serializer(None, data).fields[self.parent]
        try:
            parent = field.run_validation(data.get(self.parent, serializers.empty))
        except ValidationError as error:
            raise ValidationError({self.parent: error.detail}) from error
        return parent if self.parent == "store" else parent.store

    def upsert_serializer(self, row, data):
        serializer_class = self.upsert_serializer_class or self.serializer_class
        return serializer_class(row, data=data, partial=row is not None, context=self.get_serializer_context() | {"is_upsert": True})

    def take_new(self, serializer):
        self.perform_create(serializer)
        return serializer.instance

    def amend(self, row, changes, serializer):
        refuse_fixed(changes, serializer.fixed)
        row.edit(by=self.request.user, **changes)


def refuse_fixed(changes, fixed):
    refused = {name: [_("This is given once and cannot be changed here.")] for name in changes if name in fixed}
    if refused:
        raise ValidationError(refused)
