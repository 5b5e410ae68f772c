from rest_framework import mixins, serializers, viewsets

from customers.masking import told
from messaging.filters import MessageFilter
from messaging.models import Message


class MessageSerializer(serializers.ModelSerializer):
    template = serializers.SlugRelatedField(slug_field="code", read_only=True)
    rule = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Message
        fields = [
            "id", "store", "customer", "vehicle", "template", "rule", "occurs_on", "phone", "body", "status", "reason", "due_at", "expires_at", "attempts",
            "channel", "provider_ref", "answer", "sent_at", "delivered_at", "created_at",
        ]  # fmt: skip

    def to_representation(self, message):
        user = self.context["request"].user
        return super().to_representation(message) | {"phone": told(message, "phone", user), "body": message.body_for(user)}


class MessageViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Messages to customers: what is planned, what went out, what did not and why."""

    queryset = Message.objects.all()
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    permission = "messaging.view"

    def get_queryset(self):
        return Message.objects.for_user(self.request.user).for_list()
