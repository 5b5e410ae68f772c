from rest_framework import serializers, viewsets

from gatherings.filters import GatheringApiFilter
from gatherings.models import Gathering


class GatheringSerializer(serializers.ModelSerializer):
    invited = serializers.IntegerField(read_only=True)
    registered = serializers.IntegerField(read_only=True)
    waiting = serializers.IntegerField(read_only=True)
    came = serializers.IntegerField(read_only=True)
    rated = serializers.IntegerField(read_only=True)
    satisfied = serializers.IntegerField(read_only=True)
    satisfaction = serializers.FloatField(read_only=True, allow_null=True)

    class Meta:
        model = Gathering
        fields = [
            "id", "store", "kind", "title", "starts_at", "venue", "seats", "status", "planned_on", "held_on", "cancel_reason",
            "invited", "registered", "waiting", "came", "rated", "satisfied", "satisfaction", "updated_at",
        ]  # fmt: skip


class GatheringViewSet(viewsets.ReadOnlyModelViewSet):
    """Owner activities: what was planned, what was held, and how many were invited, signed up, came and were satisfied."""

    queryset = Gathering.objects.all()
    serializer_class = GatheringSerializer
    filterset_class = GatheringApiFilter
    permission = "gatherings.view"

    def get_queryset(self):
        return Gathering.objects.for_user(self.request.user).with_figures()
