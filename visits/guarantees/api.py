from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, viewsets

from common.api import ModelRulesMixin, ScopedField, StrictSerializerMixin
from visits.filters import GuaranteeApiFilter, GuaranteeRepairApiFilter
from visits.models import Guarantee, GuaranteeRepair, Visit


class LineSerializer(serializers.Serializer):
    visit = serializers.CharField(source="repair.number")
    agreed_at = serializers.DateTimeField(source="repair.agreed_at")
    finished_at = serializers.DateTimeField(source="repair.finished_at")
    fault = serializers.CharField(source="repair.fault")
    excluded_hours = serializers.DecimalField(source="repair.excluded_hours", max_digits=6, decimal_places=1)
    hours = serializers.FloatField()
    days = serializers.IntegerField()
    total = serializers.IntegerField()
    is_counted = serializers.BooleanField()


class LimitSerializer(serializers.Serializer):
    code = serializers.CharField()
    article = serializers.CharField()
    value = serializers.IntegerField()
    most = serializers.IntegerField()
    percent = serializers.IntegerField()
    is_reached = serializers.BooleanField()
    remedy = serializers.CharField()


class ClockSerializer(serializers.Serializer):
    rule = serializers.IntegerField(source="rule.pk")
    start = serializers.DateField()
    ends_on = serializers.DateField()
    repair_ends_on = serializers.DateField()
    is_running = serializers.BooleanField()
    is_repair_free = serializers.BooleanField()
    repair_days = serializers.IntegerField()
    limits = LimitSerializer(many=True)
    lines = LineSerializer(many=True)


class GuaranteeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Guarantee
        fields = ["id", "store", "vehicle", "is_for_living", "price", "nearness", "headline", "level", "watched_at", "updated_at"]


class GuaranteeClockSerializer(GuaranteeSerializer):
    clock = serializers.SerializerMethodField()

    class Meta(GuaranteeSerializer.Meta):
        fields = [*GuaranteeSerializer.Meta.fields, "clock"]

    @extend_schema_field(ClockSerializer(allow_null=True))
    def get_clock(self, guarantee):
        clock = guarantee.clock()
        return ClockSerializer(clock).data if clock else None


class GuaranteeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Guarantee.objects.with_people()
    filterset_class = GuaranteeApiFilter
    permission = "visits.view"

    def get_serializer_class(self):
        return GuaranteeClockSerializer if self.action == "retrieve" else GuaranteeSerializer

    def get_queryset(self):
        return self.queryset.all().for_user(self.request.user)


class GuaranteeRepairSerializer(StrictSerializerMixin, ModelRulesMixin, serializers.ModelSerializer):
    visit = ScopedField(queryset=Visit.objects.select_related("store", "vehicle__customer"))

    class Meta:
        model = GuaranteeRepair
        fields = [
            "id", "store", "visit", "fault", "is_safety", "grave_fault", "assembly", "part_of", "part", "agreed_at", "finished_at", "excluded_hours",
            "excluded_for", "substitute", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["store", "updated_at"]

    def validate(self, attrs):
        return super().validate({**attrs, "store": attrs["visit"].store})


class GuaranteeRepairViewSet(mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What repairs count for; a second sending for a visit is refused, the page mends it."""

    queryset = GuaranteeRepair.objects.select_related("visit__store", "visit__vehicle")
    serializer_class = GuaranteeRepairSerializer
    filterset_class = GuaranteeRepairApiFilter
    permission = "visits.view"
    permissions = {"create": "visits.create"}

    def get_queryset(self):
        return self.queryset.all().for_user(self.request.user)

    def perform_create(self, serializer):
        serializer.instance = GuaranteeRepair(**serializer.validated_data).classify(by=self.request.user)
