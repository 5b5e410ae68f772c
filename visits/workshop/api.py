from rest_framework import serializers

from accounts.models import User
from common.api import StrictSerializerMixin
from visits.models import QualityCheck


class TechnicianField(serializers.PrimaryKeyRelatedField):
    """A person of the workshop of a store the caller may see; the verb checks that it is the store of the car."""

    def get_queryset(self):
        return User.objects.with_permission_in("visits.repair", self.context["request"].user.stores_with("visits.view"))


class PlaceSerializer(StrictSerializerMixin, serializers.Serializer):
    bay = serializers.CharField(max_length=30)
    technicians = TechnicianField(many=True)


class WaitForPartsSerializer(StrictSerializerMixin, serializers.Serializer):
    parts = serializers.CharField(max_length=200)
    expected_on = serializers.DateField(required=False, allow_null=True)


class StopSerializer(StrictSerializerMixin, serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class InspectSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    class Meta:
        model = QualityCheck
        fields = ["has_passed", "findings", "has_road_test"]
        validators = []


class SignCheckSerializer(InspectSerializer):
    class Meta(InspectSerializer.Meta):
        fields = ["level", *InspectSerializer.Meta.fields]


class CheckSerializer(serializers.ModelSerializer):
    class Meta:
        model = QualityCheck
        fields = ["level", "has_passed", "findings", "has_road_test", "checked_by", "checked_at"]
