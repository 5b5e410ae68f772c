from rest_framework import mixins, serializers, viewsets

from common.api import ModelRulesMixin, ScopedField, StrictSerializerMixin, VerbMixin, verb
from customers.models import Vehicle
from visits.filters import AdvisedWorkApiFilter
from visits.models import AdvisedWork, Visit


class AdvisedWorkSerializer(StrictSerializerMixin, ModelRulesMixin, serializers.ModelSerializer):
    vehicle = ScopedField(queryset=Vehicle.objects.select_related("store", "customer"))
    visit = ScopedField(queryset=Visit.objects.all(), allow_null=True, required=False)

    class Meta:
        model = AdvisedWork
        fields = [
            "id", "store", "vehicle", "visit", "text", "origin", "severity", "due_on", "due_mileage", "price_hint", "advised_at", "advised_by", "status",
            "closed_at", "closed_by", "done_in", "reason", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["store", "advised_at", "advised_by", "status", "closed_at", "closed_by", "done_in", "reason", "updated_at"]

    def validate(self, attrs):
        given = super().validate({**attrs, "store": attrs["vehicle"].store, "due_on": attrs.get("due_on"), "due_mileage": attrs.get("due_mileage")})
        return given


class DoHereSerializer(StrictSerializerMixin, serializers.Serializer):
    visit = ScopedField(queryset=Visit.objects.all())


class ReasonSerializer(StrictSerializerMixin, serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class AdvisedWorkViewSet(VerbMixin, mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = AdvisedWork.objects.select_related("store", "vehicle")
    serializer_class = AdvisedWorkSerializer
    filterset_class = AdvisedWorkApiFilter
    permission = "visits.view"
    permissions = {"create": "visits.create", "do_here": "visits.create", "do_elsewhere": "visits.book", "refuse": "visits.book"}

    def get_queryset(self):
        return self.queryset.all().for_user(self.request.user)

    def perform_create(self, serializer):
        serializer.instance = AdvisedWork(**serializer.validated_data).create(by=self.request.user)

    @verb(AdvisedWorkSerializer, DoHereSerializer)
    def do_here(self, request, pk):
        item, given = self.asked_of(request)
        item.do_here(given["visit"], by=request.user)
        return self.answer(item)

    @verb(AdvisedWorkSerializer, ReasonSerializer)
    def do_elsewhere(self, request, pk):
        item, given = self.asked_of(request)
        item.do_elsewhere(given["reason"], by=request.user)
        return self.answer(item)

    @verb(AdvisedWorkSerializer, ReasonSerializer)
    def refuse(self, request, pk):
        item, given = self.asked_of(request)
        item.refuse(given["reason"], by=request.user)
        return self.answer(item)
