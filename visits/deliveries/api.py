from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from common.api import StrictSerializerMixin, verb
from common.upsert import UpsertMixin
from visits import services
from visits.api import OfVehicleSerializer, OfVehicleViewSet, StaffField
from visits.filters import DeliveryApiFilter
from visits.models import Delivery

PLATE_FIELDS = ["plate_state", "plate_applied_on", "temporary_plate", "temporary_plate_until", "plated_on"]


class DeliverySerializer(OfVehicleSerializer):
    salesperson = StaffField("visits.deliver")
    plate_state = serializers.CharField(read_only=True)
    fixed = ("vehicle", "customer", "salesperson", "salesperson_name", "delivered_at", "invoiced_on", "has_ceremony", "notes", "source", "external_id")

    class Meta:
        model = Delivery
        fields = [
            "id", "store", "customer", "vehicle", "salesperson", "salesperson_name", "delivered_at", "invoiced_on", "has_ceremony", *PLATE_FIELDS, "notes",
            "source", "external_id", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["store", *PLATE_FIELDS, "created_at", "updated_at"]
        validators = []


class StepSerializer(serializers.Serializer):
    """One step of the ceremony and who has done it when."""

    item = serializers.IntegerField(source="item.pk")
    text = serializers.CharField(source="item")
    needs_photo = serializers.BooleanField(source="item.needs_photo")
    done_at = serializers.DateTimeField(source="check.done_at", default=None)
    done_by = serializers.IntegerField(source="check.done_by_id", default=None)
    note = serializers.CharField(source="check.note", default="")
    has_photo = serializers.BooleanField(source="check.photo", default=False)


class TickSerializer(StrictSerializerMixin, serializers.Serializer):
    item = serializers.IntegerField(min_value=1)
    is_done = serializers.BooleanField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    photo = serializers.FileField(required=False)


class ApplyForPlateSerializer(StrictSerializerMixin, serializers.Serializer):
    on = serializers.DateField()


class TemporaryPlateSerializer(StrictSerializerMixin, serializers.Serializer):
    number = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    until = serializers.DateField()


class FixPlateSerializer(StrictSerializerMixin, serializers.Serializer):
    plate = serializers.CharField(max_length=12)


class DeliveryViewSet(UpsertMixin, OfVehicleViewSet):
    queryset = Delivery.objects.select_related("store", "vehicle", "customer")
    serializer_class = DeliverySerializer
    filterset_class = DeliveryApiFilter
    permissions = dict.fromkeys(["create", "upsert", "bulk", "tick", "apply_for_plate", "take_temporary_plate", "fix_plate"], "visits.deliver")
    enter = staticmethod(services.record_delivery)
    parent = "vehicle"

    @extend_schema(responses=StepSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def ceremony(self, request, pk):
        """List the steps of the ceremony as they stand."""
        steps = [{"item": item, "check": check} for item, check in self.get_object().ceremony_steps]
        return Response(StepSerializer(steps, many=True).data)

    @verb(DeliverySerializer, TickSerializer)
    def tick(self, request, pk):
        """Tick or take back one step; a photo comes along as multipart."""
        delivery, given = self.asked_of(request)
        delivery.tick({given.pop("item"): given}, by=request.user)
        return self.answer(delivery)

    @verb(DeliverySerializer, ApplyForPlateSerializer)
    def apply_for_plate(self, request, pk):
        delivery, given = self.asked_of(request)
        delivery.apply_for_plate(**given, by=request.user)
        return self.answer(delivery)

    @verb(DeliverySerializer, TemporaryPlateSerializer)
    def take_temporary_plate(self, request, pk):
        delivery, given = self.asked_of(request)
        delivery.take_temporary_plate(**given, by=request.user)
        return self.answer(delivery)

    @verb(DeliverySerializer, FixPlateSerializer)
    def fix_plate(self, request, pk):
        delivery, given = self.asked_of(request)
        delivery.fix_plate(**given, by=request.user)
        return self.answer(delivery)
