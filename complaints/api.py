from django.db.models import Q
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action

from accounts.models import User
from common.api import ScopedField, StrictSerializerMixin, verb_response
from complaints.evidence import accepted
from complaints.filters import ComplaintFilter
from complaints.forms import selectable_categories
from complaints.models import Complaint, Round
from customers.models import Customer, Vehicle
from followups.models import FollowUp
from stores.models import Department
from visits.models import Delivery, Visit


@extend_schema_field(int)
class DepartmentField(serializers.PrimaryKeyRelatedField):
    """A department of a store the caller may see; others answer like unknown ones (T4)."""

    def get_queryset(self):
        return Department.objects.filter(store__in=self.context["request"].user.stores_with(Complaint.view_permission))


class CategoryField(serializers.PrimaryKeyRelatedField):
    def get_queryset(self):
        return selectable_categories()


class EmployeeField(serializers.PrimaryKeyRelatedField):
    """A person of a store the caller may see, however long ago he left."""

    def get_queryset(self):
        stores = self.context["request"].user.stores_with(Complaint.view_permission)
        holds = Q(memberships__store__in=stores) | Q(memberships__region__stores__in=stores) | Q(memberships__is_group=True)
        return User.objects.filter(holds).distinct()


class RoundSerializer(serializers.ModelSerializer):
    has_evidence = serializers.SerializerMethodField()

    class Meta:
        model = Round
        fields = [
            "number", "department", "issued_at", "issued_by", "due_at", "answered_at", "answered_by", "cause", "measure", "has_evidence",
            "verified_at", "verified_by", "is_satisfied", "verification_note",
        ]  # fmt: skip

    def get_has_evidence(self, one) -> bool:
        return bool(one.evidence)


class ComplaintSerializer(serializers.ModelSerializer):
    class Meta:
        model = Complaint
        fields = [
            "id", "store", "number", "kind", "level", "channel", "category", "department", "customer", "vehicle", "visit", "delivery", "followup", "employee",
            "words", "wish", "gap", "status", "round_count", "opened_at", "due_at", "first_responder", "closed_at", "closed_by", "exception_reason",
        ]  # fmt: skip


class ComplaintDetailSerializer(ComplaintSerializer):
    rounds = RoundSerializer(many=True)

    class Meta(ComplaintSerializer.Meta):
        fields = [*ComplaintSerializer.Meta.fields, "rounds"]


class IssueSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    """A new slip; the store is the customer's, the department that of the category unless another one is named."""

    customer = ScopedField(queryset=Customer.objects.all())
    category = CategoryField()
    department = DepartmentField(required=False)
    vehicle = ScopedField(queryset=Vehicle.objects.all(), required=False, allow_null=True)
    visit = ScopedField(queryset=Visit.objects.all(), required=False, allow_null=True)
    delivery = ScopedField(queryset=Delivery.objects.all(), required=False, allow_null=True)
    followup = ScopedField(queryset=FollowUp.objects.all(), required=False, allow_null=True)
    employee = EmployeeField(required=False, allow_null=True)
    is_separate = serializers.BooleanField(required=False, default=False, write_only=True)

    class Meta:
        model = Complaint
        fields = [
            "customer", "category", "department", "kind", "level", "channel", "vehicle", "visit", "delivery", "followup", "employee", "words", "wish",
            "is_separate",
        ]  # fmt: skip

    def create(self, data):
        is_separate = data.pop("is_separate")
        slip = Complaint(store=data["customer"].store, **data)
        return slip.issue(by=self.context["request"].user, is_separate=is_separate)

    def to_representation(self, slip):
        return ComplaintDetailSerializer(slip, context=self.context).data


class AnswerSerializer(StrictSerializerMixin, serializers.Serializer):
    cause = serializers.CharField()
    measure = serializers.CharField()
    gap = serializers.ChoiceField(choices=Complaint.Gap, required=False)
    evidence = serializers.FileField(required=False)

    def validate_evidence(self, upload):
        return accepted(upload)


class VerifySerializer(StrictSerializerMixin, serializers.Serializer):
    is_satisfied = serializers.BooleanField()
    note = serializers.CharField(required=False, allow_blank=True)


class ReassignSerializer(StrictSerializerMixin, serializers.Serializer):
    department = DepartmentField()
    reason = serializers.CharField(max_length=300)


class ReasonSerializer(StrictSerializerMixin, serializers.Serializer):
    reason = serializers.CharField()


class NothingSerializer(StrictSerializerMixin, serializers.Serializer):
    pass


def verb(asked):
    """Declare a verb: what it asks for, and that it answers with the slip as it is now."""

    def declare(method):
        routed = action(detail=True, methods=["post"], serializer_class=asked)(method)
        return extend_schema(request=asked, responses=ComplaintDetailSerializer)(routed)

    return declare


@extend_schema_view(create=extend_schema(responses={201: ComplaintDetailSerializer}))
class ComplaintViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet):
    """Complaint slips. What may happen to one is a verb of its own."""

    queryset = Complaint.objects.all()
    serializer_class = ComplaintDetailSerializer
    filterset_class = ComplaintFilter
    permission = "complaints.view"
    permissions = {
        "create": "complaints.create",
        "answer": "complaints.answer",
        "verify": "complaints.verify",
        "reassign": "complaints.assign",
        "approve_exception": "complaints.approve",
        "reject_exception": "complaints.approve",
    }

    def get_queryset(self):
        slips = Complaint.objects.for_user(self.request.user)
        return slips if self.action == "list" else slips.for_detail().prefetch_related("rounds")

    def get_serializer_class(self):
        return {"list": ComplaintSerializer, "create": IssueSerializer}.get(self.action, self.serializer_class)

    @verb(AnswerSerializer)
    def answer(self, request, pk):
        return self.perform(lambda slip, data: slip.answer(by=request.user, **data))

    @verb(VerifySerializer)
    def verify(self, request, pk):
        return self.perform(lambda slip, data: slip.verify(by=request.user, **data))

    @verb(ReassignSerializer)
    def reassign(self, request, pk):
        return self.perform(lambda slip, data: slip.reassign(by=request.user, **data))

    @verb(ReasonSerializer)
    def ask_exception(self, request, pk):
        return self.perform(lambda slip, data: slip.ask_exception(by=request.user, **data))

    @verb(NothingSerializer)
    def approve_exception(self, request, pk):
        return self.perform(lambda slip, data: slip.approve_exception(by=request.user))

    @verb(ReasonSerializer)
    def reject_exception(self, request, pk):
        return self.perform(lambda slip, data: slip.reject_exception(by=request.user, **data))

    def perform(self, act):
        slip = self.get_object()
        asked = self.get_serializer(data=self.request.data)
        asked.is_valid(raise_exception=True)
        act(slip, asked.validated_data)
        return verb_response(ComplaintDetailSerializer, self.get_object(), self.get_serializer_context())
