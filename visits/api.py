from django.urls import reverse
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response

from accounts.models import User
from common.api import PatchMixin, ScopedField, StrictSerializerMixin, VerbMixin, verb
from common.upsert import UpsertMixin, refuse_fixed
from customers.api import ArchiveSerializer
from customers.custom import CustomValuesField
from customers.models import Customer, Vehicle
from visits import services
from visits.filters import AppointmentApiFilter, VisitApiFilter
from visits.models import Appointment, Visit
from visits.orders.api import (
    AddWorkSerializer,
    AgreementSerializer,
    ItemSerializer,
    JudgeComebackSerializer,
    LinkSerializer,
    PhotoSerializer,
    PromiseSerializer,
    RemoveItemSerializer,
    SignSerializer,
)
from visits.workshop.api import CheckSerializer, InspectSerializer, PlaceSerializer, SignCheckSerializer, StopSerializer, WaitForPartsSerializer

# Changed by verbs of their own only.
IN_WORKSHOP = ("stage", "technicians", "halt_reason", "parts_expected_on", "comeback_cause", "comeback_explanation")
BACKDATING = ("backdated_at", "backdating_accepted_at")
ENDING = ("handed_over_at", "labour_amount", "parts_amount", "total_amount")


class StaffField(serializers.PrimaryKeyRelatedField):
    """A person with ``permission`` in a store the caller may see; others answer like unknown ones (T4)."""

    def __init__(self, permission, **kwargs):
        self.permission = permission
        super().__init__(queryset=User.objects.all(), allow_null=True, required=False, **kwargs)

    def get_queryset(self):
        return User.objects.with_permission_in(self.permission, self.context["request"].user.stores_with("visits.view"))


class OfVehicleSerializer(ArchiveSerializer):
    """A row about a car: store is the car's, customer its owner unless another one is named."""

    vehicle = ScopedField(queryset=Vehicle.objects.select_related("store", "customer"))
    customer = ScopedField(queryset=Customer.objects.all(), required=False)
    checked_always = ("store", "vehicle")

    def validate(self, attrs):
        if "vehicle" in attrs:
            vehicle = attrs["vehicle"]
            attrs = {"customer": vehicle.customer, **attrs, "store": vehicle.store}
        return super().validate(attrs)


class VisitSerializer(OfVehicleSerializer):
    advisor = StaffField("visits.create")
    custom = CustomValuesField(required=False)
    comeback_of = ScopedField(queryset=Visit.objects.all(), allow_null=True, required=False)
    checks = CheckSerializer(many=True, read_only=True)
    items = ItemSerializer(many=True, read_only=True)
    agreements = AgreementSerializer(many=True, read_only=True)
    delay_minutes = serializers.IntegerField(read_only=True, allow_null=True)
    fixed = ("vehicle", "customer", "number", "arrived_at", "promised_at", "estimate_ceiling", "advisor_name", "source", "external_id")

    class Meta:
        model = Visit
        fields = [
            "id", "store", "number", "customer", "vehicle", "sender_name", "sender_phone", "advisor", "advisor_name", "technician", "technicians", "bay",
            "kind", "status", "stage", "halt_reason", "parts_expected_on", "checks",
            "arrived_at", "promised_at", "handed_over_at", "backdated_at", "backdating_accepted_at", "delay_minutes",
            "mileage", "fuel_level", "accessories", "symptom", "inquiry", "work", "work_class", "warranty_days", "warranty_km", "items", "agreements",
            "estimate_ceiling", "labour_amount", "parts_amount", "total_amount", "comeback_of", "comeback_cause", "comeback_explanation", "notes", "custom",
            "source", "external_id", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["store", "status", *IN_WORKSHOP, *BACKDATING, *ENDING, "created_at", "updated_at"]
        validators = []


class VisitUpsertSerializer(VisitSerializer):
    """A repair order as another system knows it, the hand-over included."""

    class Meta(VisitSerializer.Meta):
        read_only_fields = ["store", "status", *IN_WORKSHOP, *BACKDATING, "created_at", "updated_at"]


class HandOverSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    next_maintenance_on = serializers.DateField(required=False, allow_null=True)
    accepted_by = serializers.CharField(max_length=80, required=False)

    class Meta:
        model = Visit
        fields = ["handed_over_at", "labour_amount", "parts_amount", "total_amount", "next_maintenance_on", "accepted_by"]


class CancelSerializer(StrictSerializerMixin, serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class AppointmentSerializer(OfVehicleSerializer):
    advisor = StaffField("visits.create")

    class Meta:
        model = Appointment
        fields = ["id", "store", "customer", "vehicle", "starts_at", "kind", "request", "advisor", "status", "visit", "created_at", "updated_at"]
        read_only_fields = ["store", "status", "visit", "created_at", "updated_at"]
        validators = []


class OfVehicleViewSet(VerbMixin, mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    permission = "visits.view"

    def get_queryset(self):
        return self.queryset.all().for_user(self.request.user)

    def perform_create(self, serializer):
        row = serializer.Meta.model(**serializer.validated_data)
        serializer.instance = self.enter(row, by=self.request.user)


class VisitViewSet(UpsertMixin, PatchMixin, OfVehicleViewSet):
    queryset = Visit.objects.select_related("store", "vehicle", "customer").prefetch_related("technicians", "checks", "items", "agreements")
    serializer_class = VisitSerializer
    filterset_class = VisitApiFilter
    permissions = {
        "create": "visits.create",
        "partial_update": "visits.create",
        "upsert": "visits.create",
        "bulk": "visits.create",
        "share": "visits.create",
        "add_photo": "visits.repair",
        "sign": "visits.create",
        "add_item": "visits.create",
        "remove_item": "visits.create",
        "judge_comeback": "visits.create",
        "add_work": "visits.create",
        "promise": "visits.hand_over",
        "start_repair": "visits.repair",
        "assign": "visits.repair",
        "wait_for_parts": "visits.repair",
        "stop": "visits.repair",
        "resume": "visits.repair",
        "sign_check": "visits.repair",
        "send_to_inspection": "visits.repair",
        "inspect": "visits.inspect",
        "hand_over": "visits.hand_over",
        "cancel": "visits.hand_over",
        "accept_backdating": "visits.approve",
    }
    enter = staticmethod(services.log_visit)
    parent = "vehicle"
    upsert_serializer_class = VisitUpsertSerializer

    def perform_update(self, serializer):
        serializer.instance.edit(by=self.request.user, **serializer.validated_data)

    def take_new(self, serializer):
        ending = take_out(serializer.validated_data, ENDING)
        self.perform_create(serializer)
        self.end(serializer.instance, ending)
        return serializer.instance

    def amend(self, visit, changes, serializer):
        ending, promised = take_out(changes, ENDING), changes.pop("promised_at", None)
        refuse_fixed(changes, serializer.fixed)
        if changes:
            visit.edit(by=self.request.user, **changes)
        if promised:
            visit.promise(promised, by=self.request.user)
        self.end(visit, ending)

    def end(self, visit, ending):
        """Hand the car over where the other system did; amounts go with the hand-over."""
        if ending and "handed_over_at" not in ending:
            refuse_fixed(ending, ENDING)
        if ending:
            visit.hand_over(by=self.request.user, at=ending.pop("handed_over_at"), **ending)

    @verb(VisitSerializer, PhotoSerializer)
    def add_photo(self, request, pk):
        visit, given = self.asked_of(request)
        visit.add_photo(**given, by=request.user)
        return self.answer(visit)

    @verb(LinkSerializer)
    def share(self, request, pk):
        visit, _nothing = self.asked_of(request)
        token = visit.share(by=request.user)
        return Response({"link": request.build_absolute_uri(reverse("visits:progress", args=[token]))})

    @verb(VisitSerializer, SignSerializer)
    def sign(self, request, pk):
        visit, given = self.asked_of(request)
        visit.sign(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, ItemSerializer)
    def add_item(self, request, pk):
        visit, given = self.asked_of(request)
        visit.add_item(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, RemoveItemSerializer)
    def remove_item(self, request, pk):
        visit, given = self.asked_of(request)
        visit.remove_item(given["item"], by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, JudgeComebackSerializer)
    def judge_comeback(self, request, pk):
        visit, given = self.asked_of(request)
        visit.judge_comeback(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, AddWorkSerializer)
    def add_work(self, request, pk):
        visit, added = self.asked_of(request)
        visit.add_work(**added, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, PromiseSerializer)
    def promise(self, request, pk):
        visit, given = self.asked_of(request)
        visit.promise(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, PlaceSerializer)
    def start_repair(self, request, pk):
        visit, given = self.asked_of(request)
        visit.start_repair(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, PlaceSerializer)
    def assign(self, request, pk):
        visit, given = self.asked_of(request)
        visit.assign(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, WaitForPartsSerializer)
    def wait_for_parts(self, request, pk):
        visit, given = self.asked_of(request)
        visit.wait_for_parts(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, StopSerializer)
    def stop(self, request, pk):
        visit, given = self.asked_of(request)
        visit.stop(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer)
    def resume(self, request, pk):
        visit, _nothing = self.asked_of(request)
        visit.resume(by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, SignCheckSerializer)
    def sign_check(self, request, pk):
        visit, given = self.asked_of(request)
        visit.sign_check(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer)
    def send_to_inspection(self, request, pk):
        visit, _nothing = self.asked_of(request)
        visit.send_to_inspection(by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, InspectSerializer)
    def inspect(self, request, pk):
        visit, given = self.asked_of(request)
        visit.inspect(**given, by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, HandOverSerializer)
    def hand_over(self, request, pk):
        visit, given = self.asked_of(request)
        visit.hand_over(by=request.user, at=given.pop("handed_over_at", None), **given)
        return self.answer(visit)

    @verb(VisitSerializer)
    def accept_backdating(self, request, pk):
        visit, _nothing = self.asked_of(request)
        visit.accept_backdating(by=request.user)
        return self.answer(visit)

    @verb(VisitSerializer, CancelSerializer)
    def cancel(self, request, pk):
        visit, given = self.asked_of(request)
        visit.cancel(**given, by=request.user)
        return self.answer(visit)


def take_out(values, names):
    return {name: values.pop(name) for name in names if values.get(name) is not None}


class AppointmentViewSet(OfVehicleViewSet):
    queryset = Appointment.objects.select_related("store")
    serializer_class = AppointmentSerializer
    filterset_class = AppointmentApiFilter
    permissions = {"create": "visits.book", "miss": "visits.book", "cancel": "visits.book"}
    enter = staticmethod(services.book)

    @verb(AppointmentSerializer)
    def miss(self, request, pk):
        appointment, _nothing = self.asked_of(request)
        appointment.miss(by=request.user)
        return self.answer(appointment)

    @verb(AppointmentSerializer)
    def cancel(self, request, pk):
        appointment, _nothing = self.asked_of(request)
        appointment.cancel(by=request.user)
        return self.answer(appointment)
