from rest_framework import mixins, serializers, viewsets

from common.api import StrictSerializerMixin
from customers.masking import told
from messaging.filters import MessageFilter, ReplyFilter
from messaging.models import Message, Reply
from messaging.replies import receive
from stores.models import Store


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


class ReplySerializer(serializers.ModelSerializer):
    class Meta:
        model = Reply
        fields = ["id", "store", "customer", "message", "phone", "body", "external_id", "received_at", "status", "due_at", "answer", "closed_at", "closed_by"]

    def to_representation(self, reply):
        user = self.context["request"].user
        return super().to_representation(reply) | {"phone": told(reply, "phone", user), "body": reply.body_for(user)}


class ReceivedSerializer(StrictSerializerMixin, serializers.Serializer):
    """What a provider hands over; ``external_id`` is its own id, so that one delivered twice is one."""

    phone = serializers.CharField(max_length=30)
    body = serializers.CharField(max_length=1000)
    external_id = serializers.CharField(max_length=80)
    received_at = serializers.DateTimeField(required=False)
    store = serializers.PrimaryKeyRelatedField(queryset=Store.objects.all(), required=False, allow_null=True)

    def create(self, validated_data):
        return receive(validated_data.pop("phone"), validated_data.pop("body"), **validated_data)

    def to_representation(self, reply):
        return ReplySerializer(reply, context=self.context).data


class ReplyViewSet(mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Replies of customers; the gateway of the provider posts what comes in."""

    queryset = Reply.objects.all()
    serializer_class = ReplySerializer
    filterset_class = ReplyFilter
    permission = "messaging.view"
    permissions = {"create": "messaging.answer"}

    def get_queryset(self):
        return Reply.objects.for_user(self.request.user).select_related("store")

    def get_serializer_class(self):
        return ReceivedSerializer if self.action == "create" else ReplySerializer

    def perform_create(self, serializer):
        # Whose number it is, only the archive of all stores tells.
        self.request.user.answer_for_all("messaging.answer")
        super().perform_create(serializer)
