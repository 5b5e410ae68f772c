from rest_framework import serializers

from common.api import StrictSerializerMixin
from visits.models import Agreement, OrderItem
from visits.models.comeback import Cause

Channel = Agreement.Channel


class ItemSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    class Meta:
        model = OrderItem
        fields = ["id", "kind", "code", "name", "group", "hours", "amount", "payer"]


class RemoveItemSerializer(StrictSerializerMixin, serializers.Serializer):
    item = serializers.PrimaryKeyRelatedField(queryset=OrderItem.objects.none())

    def get_fields(self):
        """A line of another order answers like one that never existed."""
        fields = super().get_fields()
        fields["item"].queryset = OrderItem.objects.filter(visit=self.context["view"].kwargs.get("pk"))
        return fields


class AgreementSerializer(serializers.ModelSerializer):
    class Meta:
        model = Agreement
        fields = ["subject", "text", "amount", "agreed_by", "channel", "agreed_at", "logged_by"]


class SignSerializer(StrictSerializerMixin, serializers.Serializer):
    agreed_by = serializers.CharField(max_length=80)
    channel = serializers.ChoiceField(choices=Channel, default=Channel.WRITING)


class AddWorkSerializer(StrictSerializerMixin, serializers.Serializer):
    work = serializers.CharField(max_length=1000)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False)
    agreed_by = serializers.CharField(max_length=80)
    channel = serializers.ChoiceField(choices=Channel, default=Channel.IN_PERSON)
    estimate_ceiling = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False)


class PromiseSerializer(StrictSerializerMixin, serializers.Serializer):
    promised_at = serializers.DateTimeField()
    agreed_by = serializers.CharField(max_length=80, required=False)
    channel = serializers.ChoiceField(choices=Channel, default=Channel.PHONE)


class JudgeComebackSerializer(StrictSerializerMixin, serializers.Serializer):
    cause = serializers.ChoiceField(choices=Cause)
    explanation = serializers.CharField(max_length=500, required=False)


class LinkSerializer(serializers.Serializer):
    """The address of the customer's page, told this once."""

    link = serializers.URLField(read_only=True)


class PhotoSerializer(StrictSerializerMixin, serializers.Serializer):
    photo = serializers.FileField()
    caption = serializers.CharField(max_length=100, required=False)
