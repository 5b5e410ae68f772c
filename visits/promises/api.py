from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers, viewsets

from accounts.models import User
from common.api import ModelRulesMixin, ScopedField, StrictSerializerMixin, VerbMixin, verb
from customers.models import Customer, Vehicle
from visits.filters import PromiseApiFilter
from visits.models import Promise, Visit
from visits.promises.origins import ORIGINS, origin_in


class OriginField(serializers.Field):
    """A call, complaint, visit or delivery as ``complaint-7``."""

    default_error_messages = {"unknown": _("Name a call, complaint, visit or delivery you may see, for example complaint-7.")}

    def to_internal_value(self, data):
        kind, _dash, key = data.partition("-") if isinstance(data, str) else ("", "", "")
        try:
            origin = origin_in({kind: key}, self.context["request"].user)
        except Http404:
            origin = None
        return origin or self.fail("unknown")

    def get_attribute(self, promise):
        return promise

    def to_representation(self, promise):
        labels = {label.lower(): kind for kind, label in ORIGINS.items()}
        return f"{labels['.'.join(promise.origin_type.natural_key())]}-{promise.origin_id}" if promise.origin_type_id else None


class OwnerField(serializers.PrimaryKeyRelatedField):
    """A person who works with customers of a store the caller may see; others answer like unknown ones (T4)."""

    def get_queryset(self):
        return User.objects.with_permission_in("visits.book", self.context["request"].user.stores_with("visits.view"))


class PromiseSerializer(StrictSerializerMixin, ModelRulesMixin, serializers.ModelSerializer):
    customer = ScopedField(queryset=Customer.objects.select_related("store"))
    vehicle = ScopedField(queryset=Vehicle.objects.all(), allow_null=True, required=False)
    owner = OwnerField()
    origin = OriginField(required=False)

    class Meta:
        model = Promise
        fields = [
            "id", "store", "customer", "vehicle", "text", "owner", "value", "due_on", "origin", "promised_at", "promised_by", "status", "closed_at",
            "closed_by", "redeemed_in", "reason", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["store", "promised_at", "promised_by", "status", "closed_at", "closed_by", "redeemed_in", "reason", "updated_at"]

    def validate(self, attrs):
        customer, origin = attrs["customer"], attrs.get("origin")
        if origin is not None and origin.customer_id != customer.pk:
            raise serializers.ValidationError({"origin": _("This is about another customer.")})
        return super().validate({**attrs, "store": customer.store})


class RedeemSerializer(StrictSerializerMixin, serializers.Serializer):
    visit = ScopedField(queryset=Visit.objects.all(), required=False, allow_null=True)


class WaiveSerializer(StrictSerializerMixin, serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class PromiseViewSet(VerbMixin, mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Promise.objects.select_related("store", "customer", "vehicle", "owner", "origin_type")
    serializer_class = PromiseSerializer
    filterset_class = PromiseApiFilter
    permission = "visits.view"
    permissions = dict.fromkeys(["create", "redeem", "waive"], "visits.book")

    def get_queryset(self):
        return self.queryset.all().for_user(self.request.user)

    def perform_create(self, serializer):
        serializer.instance = Promise(**serializer.validated_data).create(by=self.request.user)

    @verb(PromiseSerializer, RedeemSerializer)
    def redeem(self, request, pk):
        promise, given = self.asked_of(request)
        promise.redeem(**given, by=request.user)
        return self.answer(promise)

    @verb(PromiseSerializer, WaiveSerializer)
    def waive(self, request, pk):
        promise, given = self.asked_of(request)
        promise.waive(**given, by=request.user)
        return self.answer(promise)
