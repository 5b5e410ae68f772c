from rest_framework import mixins, serializers, viewsets

from common.api import ModelRulesMixin, ScopedField, StrictSerializerMixin, VerbMixin, verb
from followups.forms import LONGEST_NOTE
from followups.models import Sample, SampleRow
from followups.sampling.filters import SampleFilter, SampleRowFilter
from stores.models import Store
from surveys.models import Response


class SampleSerializer(StrictSerializerMixin, ModelRulesMixin, serializers.ModelSerializer):
    store = ScopedField(queryset=Store.objects.all())

    class Meta:
        model = Sample
        fields = [
            "id", "store", "name", "kind", "source", "first_day", "last_day", "classes", "share", "count", "strata", "rest_days", "high_bills_first", "seed",
            "found_count", "excluded_count", "drawn_count", "drawn_at", "drawn_by", "closed_at", "closed_by",
        ]  # fmt: skip
        read_only_fields = ["found_count", "excluded_count", "drawn_count", "drawn_at", "drawn_by", "closed_at", "closed_by"]

    checked_always = ("store", "share", "count")


class SampleViewSet(VerbMixin, mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Samples for home visits and calls; creating one draws it."""

    queryset = Sample.objects.all()
    serializer_class = SampleSerializer
    filterset_class = SampleFilter
    permission = "followups.view"
    permissions = dict.fromkeys(["create", "close"], "followups.assign")

    def get_queryset(self):
        return Sample.objects.for_user(self.request.user)

    def perform_create(self, serializer):
        serializer.instance = Sample(**serializer.validated_data).draw(by=self.request.user)

    @verb(SampleSerializer)
    def close(self, request, pk):
        sample, _nothing = self.asked_of(request)
        sample.close(by=request.user)
        return self.answer(sample)


class SampleRowSerializer(serializers.ModelSerializer):
    class Meta:
        model = SampleRow
        fields = [
            "id", "sample", "store", "customer", "vehicle", "visit", "delivery", "loyalty", "employee", "payer", "model", "is_first_service", "bill",
            "standing", "exclusion", "position", "result", "occasion", "mood", "car_use", "note", "tries", "done_on", "done_by",
        ]  # fmt: skip


class ReportSerializer(StrictSerializerMixin, serializers.Serializer):
    result = serializers.ChoiceField(choices=SampleRow.Result)
    mood = serializers.ChoiceField(choices=Response.Mood, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE)
    car_use = serializers.CharField(required=False, allow_blank=True, max_length=200)
    occasion = serializers.ChoiceField(choices=SampleRow.Occasion, required=False)
    done_on = serializers.DateField(required=False)


class SampleRowViewSet(VerbMixin, viewsets.ReadOnlyModelViewSet):
    """Everybody a sample was drawn from: drawn, left over, or excluded for a reason."""

    queryset = SampleRow.objects.all()
    serializer_class = SampleRowSerializer
    filterset_class = SampleRowFilter
    permission = "followups.view"
    permissions = {"report": "followups.work"}

    def get_queryset(self):
        return SampleRow.objects.for_user(self.request.user).for_list()

    @verb(SampleRowSerializer, ReportSerializer)
    def report(self, request, pk):
        row, given = self.asked_of(request)
        row.report(by=request.user, **given)
        return self.answer(row)
