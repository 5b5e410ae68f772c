from rest_framework import mixins, serializers, viewsets

from accounts.models import User
from common.api import ModelRulesMixin, ScopedField, StrictSerializerMixin, VerbMixin, verb
from customers.api import MaskedMixin
from customers.models import Customer
from leads.filters import LeadApiFilter
from leads.models import Lead, LeadContact, TestDrive
from stores.models import Store


class SalespersonField(serializers.PrimaryKeyRelatedField):
    """A person who sells in a store the caller may see; others answer like unknown ones (T4)."""

    def get_queryset(self):
        return User.objects.with_permission_in("leads.work", self.context["request"].user.stores_with("leads.view"))


class LeadSerializer(StrictSerializerMixin, MaskedMixin, ModelRulesMixin, serializers.ModelSerializer):
    store = ScopedField(queryset=Store.objects.all())
    referred_by = ScopedField(queryset=Customer.objects.all(), required=False, allow_null=True)
    salesperson = SalespersonField(required=False, allow_null=True)

    class Meta:
        model = Lead
        fields = [
            "id", "store", "name", "phone", "channel", "referred_by", "came_at", "wanted", "level", "salesperson", "notes", "next_contact_on", "status",
            "customer", "lost_reason", "closed_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["status", "customer", "lost_reason", "closed_at", "updated_at"]


class ContactSerializer(StrictSerializerMixin, serializers.Serializer):
    kind = serializers.ChoiceField(LeadContact.Kind.choices)
    note = serializers.CharField(max_length=300)
    level = serializers.ChoiceField(Lead.Level.choices, required=False)
    next_contact_on = serializers.DateField(required=False, allow_null=True)


class DriveSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    class Meta:
        model = TestDrive
        fields = ["car", "route", "is_licence_checked", "is_agreement_signed", "satisfaction", "summary"]


class LoseSerializer(StrictSerializerMixin, serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class ReassignSerializer(StrictSerializerMixin, serializers.Serializer):
    salesperson = SalespersonField()


class LeadViewSet(VerbMixin, mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Lead.objects.select_related("store")
    serializer_class = LeadSerializer
    filterset_class = LeadApiFilter
    permission = "leads.view"
    permissions = dict.fromkeys(["create", "contact", "drive", "win", "lose"], "leads.work") | {"reassign": "leads.assign"}

    def get_queryset(self):
        return self.queryset.all().for_user(self.request.user)

    def perform_create(self, serializer):
        serializer.instance = Lead(**serializer.validated_data).create(by=self.request.user)

    @verb(LeadSerializer, ContactSerializer)
    def contact(self, request, pk):
        lead, given = self.asked_of(request)
        lead.contact(**given, by=request.user)
        return self.answer(lead)

    @verb(LeadSerializer, DriveSerializer)
    def drive(self, request, pk):
        lead, given = self.asked_of(request)
        lead.drive(**given, by=request.user)
        return self.answer(lead)

    @verb(LeadSerializer)
    def win(self, request, pk):
        lead, _nothing = self.asked_of(request)
        lead.win(by=request.user)
        return self.answer(lead)

    @verb(LeadSerializer, LoseSerializer)
    def lose(self, request, pk):
        lead, given = self.asked_of(request)
        lead.lose(**given, by=request.user)
        return self.answer(lead)

    @verb(LeadSerializer, ReassignSerializer)
    def reassign(self, request, pk):
        lead, given = self.asked_of(request)
        lead.reassign(**given, by=request.user)
        return self.answer(lead)
