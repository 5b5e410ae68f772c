from rest_framework import serializers, viewsets

from common.api import StrictSerializerMixin, VerbMixin, verb
from followups.filters import DoubtFilter
from followups.models import Attempt, Doubt
from followups.models.doubt import SETTLEMENTS


class DoubtSerializer(serializers.ModelSerializer):
    """``numbers`` are those of the calls and of the rule; ``reason`` says them in words."""

    class Meta:
        model = Doubt
        fields = ["id", "store", "by", "sign", "numbers", "reason", "attempts", "first_at", "found_at", "status", "words", "settled_at", "settled_by"]


class SettleSerializer(StrictSerializerMixin, serializers.Serializer):
    """What was found out; with ``voided`` the ``attempts`` that were never made."""

    status = serializers.ChoiceField(choices=[(status.value, status.label) for status in SETTLEMENTS])
    words = serializers.CharField(max_length=400)
    attempts = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**62), required=False, max_length=1000)


class DoubtViewSet(VerbMixin, viewsets.ReadOnlyModelViewSet):
    """Logged calls that look as if they had not been made."""

    queryset = Doubt.objects.all()
    serializer_class = DoubtSerializer
    filterset_class = DoubtFilter
    permission = "followups.review"

    def get_queryset(self):
        return Doubt.objects.for_user(self.request.user).for_list().prefetch_related("attempts")

    @verb(DoubtSerializer, SettleSerializer)
    def settle(self, request, pk):
        doubt, asked = self.asked_of(request)
        attempts = Attempt.objects.filter(pk__in=asked.pop("attempts", []), doubts=doubt)
        doubt.settle(by=request.user, attempts=attempts, **asked)
        return self.answer(doubt)
