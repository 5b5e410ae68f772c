from django.utils.translation import gettext as _
from rest_framework import mixins, serializers, viewsets

from common.api import ModelRulesMixin, PatchMixin, ScopedField, StrictSerializerMixin, VerbMixin, verb
from common.errors import Conflict
from common.upsert import KEY, UpsertMixin
from customers.custom import CustomValuesField
from customers.filters import CustomerApiFilter, VehicleApiFilter
from customers.masking import MASKS, told
from customers.merging import choosable, merge_customers, undo_merge
from customers.models import Channel, Customer, PastOwnership, PastPlate, Phone, Purpose, Reveal, Vehicle
from customers.models.reveal import reveal
from stores.models import Store

WRITTEN = dict.fromkeys(["create", "partial_update", "upsert", "bulk"], "customers.edit")


class MaskedMixin:
    """Mask phones, plates, VINs and addresses for callers without the right to see them, as pages do."""

    def to_representation(self, row):
        shown = super().to_representation(row)
        return shown | {name: told(row, name, self.context["request"].user) for name in MASKS if name in shown}


class ArchiveSerializer(StrictSerializerMixin, MaskedMixin, ModelRulesMixin, serializers.ModelSerializer):
    """Fields in ``fixed`` are given at creation and not changed after."""

    fixed = ("store", "customer", "source", "external_id")

    def get_fields(self):
        fields = super().get_fields()
        # An upsert sends them again each time; they may stand there, but not differ.
        if self.instance is not None and not self.context.get("is_upsert"):
            for name in set(self.fixed) & set(fields):
                fields[name].read_only = True
        return fields


class PhoneSerializer(StrictSerializerMixin, MaskedMixin, ModelRulesMixin, serializers.ModelSerializer):
    checked_always = ()

    class Meta:
        model = Phone
        fields = ["id", "phone", "label", "note", "wrong_at"]
        read_only_fields = ["wrong_at"]


class OtherPhoneSerializer(StrictSerializerMixin, serializers.Serializer):
    """Names one of the customer's numbers."""

    phone = serializers.IntegerField()


class PastPlateSerializer(MaskedMixin, serializers.ModelSerializer):
    class Meta:
        model = PastPlate
        fields = ["plate", "since", "until"]


class CustomerSerializer(ArchiveSerializer):
    # The external id is taken once among the records that have not been merged away.
    checked_always = ("store", "merged_into")

    store = ScopedField(queryset=Store.objects.all())
    referred_by = ScopedField(queryset=Customer.objects.all(), required=False, allow_null=True)
    custom = CustomValuesField(required=False)
    other_phones = PhoneSerializer(many=True, read_only=True)

    class Meta:
        model = Customer
        fields = [
            "id", "store", "kind", "name", "gender", "phone", "other_phones", "birthday", "lunar_birthday", "address", "is_key_account", "channel",
            "referred_by", "keeper", "loyalty", "loyalty_on", "notes", "do_not_call_at",
            "phone_doubtful_at",
            "confirmed_at", "custom", "source", "external_id", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["loyalty", "loyalty_on", "do_not_call_at", "phone_doubtful_at", "confirmed_at", "created_at", "updated_at"]
        validators = []

    def validate(self, attrs):
        attrs = super().validate(attrs)
        # Another system sends the number it knows again and again: which of several is preferred is decided here.
        if self.context.get("is_upsert") and self.instance and any(each.phone == attrs.get("phone") for each in self.instance.other_phones):
            del attrs["phone"]
        return attrs


class VehicleSerializer(ArchiveSerializer):
    customer = ScopedField(queryset=Customer.objects.select_related("store"))
    custom = CustomValuesField(required=False)
    past_plates = PastPlateSerializer(many=True, read_only=True)

    class Meta:
        model = Vehicle
        fields = [
            "id", "store", "customer", "vin", "plate", "past_plates", "brand", "model", "engine_number", "power", "invoiced_on", "delivered_on",
            "registered_on",
            "compulsory_insurance_until", "commercial_insurance_until", "mileage", "mileage_on", "next_maintenance_on", "inspection_class",
            "inspected_on", "inspection_due_on", "custom", "source", "external_id", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["store", "mileage_on", "inspected_on", "inspection_due_on", "created_at", "updated_at"]
        validators = []

    def validate(self, attrs):
        store = {"store": attrs["customer"].store} if "customer" in attrs else {}
        return super().validate(attrs | store)


class ConsentSerializer(StrictSerializerMixin, serializers.Serializer):
    purpose = serializers.ChoiceField(Purpose.choices)
    channel = serializers.ChoiceField(Channel.choices)
    is_granted = serializers.BooleanField()
    expires_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False)
    evidence = serializers.CharField(max_length=200, required=False)


class MergeSerializer(StrictSerializerMixin, serializers.Serializer):
    """``taken`` names the fields, ``taken_own`` the own fields, whose value the other record gives; all else stays as it is."""

    other = ScopedField(queryset=Customer.objects.all())
    taken = serializers.MultipleChoiceField(choices=[], required=False, default=set)
    taken_own = serializers.ListField(child=serializers.CharField(), required=False, default=list)

    def get_fields(self):
        fields = super().get_fields()
        fields["taken"] = serializers.MultipleChoiceField(choices=[field.name for field in choosable()], required=False, default=set)
        return fields


class RevealSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    class Meta:
        model = Reveal
        fields = ["reason"]


class ArchiveViewSet(UpsertMixin, PatchMixin, mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    permission = "customers.view"

    def get_queryset(self):
        return self.queryset.all().for_user(self.request.user)

    def perform_create(self, serializer):
        row = serializer.Meta.model(**serializer.validated_data)
        serializer.instance = row.create(by=self.request.user)

    def perform_update(self, serializer):
        serializer.instance.edit(by=self.request.user, **serializer.validated_data)


class CustomerViewSet(VerbMixin, ArchiveViewSet):
    queryset = Customer.objects.prefetch_related("phones")
    serializer_class = CustomerSerializer
    filterset_class = CustomerApiFilter
    permissions = WRITTEN | {
        "reveal": "customers.reveal",
        "add_phone": "customers.edit",
        "prefer_phone": "customers.edit",
        "mark_phone_wrong": "customers.edit",
        "mark_phone_right": "customers.edit",
        "remove_phone": "customers.edit",
        "merge": "customers.merge",
        "unmerge": "customers.merge",
        "confirm": "customers.edit",
        "stop_calls": "customers.edit",
        "allow_calls": "customers.edit",
        "set_consent": "customers.edit",
    }

    @verb(CustomerSerializer, RevealSerializer)
    def reveal(self, request, pk):
        """Open phone and address for a minute: they are whole in this answer and in the next ones."""
        customer, given = self.asked_of(request)
        reveal(customer, **given, by=request.user)
        return self.answer(customer)

    @verb(CustomerSerializer, PhoneSerializer)
    def add_phone(self, request, pk):
        customer, given = self.asked_of(request)
        Phone(customer=customer, **given).add(by=request.user)
        return self.answer(customer)

    @verb(CustomerSerializer, OtherPhoneSerializer)
    def prefer_phone(self, request, pk):
        return self.to_phone(request, Phone.prefer)

    @verb(CustomerSerializer, OtherPhoneSerializer)
    def mark_phone_wrong(self, request, pk):
        return self.to_phone(request, Phone.mark_wrong)

    @verb(CustomerSerializer, OtherPhoneSerializer)
    def mark_phone_right(self, request, pk):
        return self.to_phone(request, Phone.mark_right)

    @verb(CustomerSerializer, OtherPhoneSerializer)
    def remove_phone(self, request, pk):
        return self.to_phone(request, Phone.remove)

    def to_phone(self, request, verb_of_phone):
        customer, given = self.asked_of(request)
        verb_of_phone(customer.number_known(given["phone"]), by=request.user)
        return self.answer(customer)

    @verb(CustomerSerializer, MergeSerializer)
    def merge(self, request, pk):
        """Merge another record of the store into this one; it can be undone for 30 days (AR4)."""
        customer, given = self.asked_of(request)
        merge_customers(customer, given.pop("other"), by=request.user, **given)
        return self.answer(customer)

    @verb(CustomerSerializer)
    def unmerge(self, request, pk):
        """Take the newest merge into this record back."""
        customer, _nothing = self.asked_of(request)
        undo_merge(customer, by=request.user)
        return self.answer(customer)

    @verb(CustomerSerializer)
    def confirm(self, request, pk):
        customer, _nothing = self.asked_of(request)
        customer.confirm(by=request.user)
        return self.answer(customer)

    @verb(CustomerSerializer)
    def stop_calls(self, request, pk):
        customer, _nothing = self.asked_of(request)
        customer.stop_calls(by=request.user)
        return self.answer(customer)

    @verb(CustomerSerializer)
    def allow_calls(self, request, pk):
        customer, _nothing = self.asked_of(request)
        customer.allow_calls(by=request.user)
        return self.answer(customer)

    @verb(CustomerSerializer, ConsentSerializer)
    def set_consent(self, request, pk):
        customer, word = self.asked_of(request)
        customer.set_consent(**word, by=request.user, source="api")
        return self.answer(customer)

    def take_once(self, data):
        """Find the record a row stands for; one merged into another changes nothing: what it says was judged when they were merged (AR4)."""
        kept = self.find_by_key(data) is None and self.kept_instead(data)
        return (kept, "unchanged") if kept else super().take_once(data)

    def kept_instead(self, data):
        key = {name: data[name].strip() for name in KEY}
        hidden = Customer.everyone.filter(store=self.store_of(data), **key)
        if hidden.standing().exists():
            raise Conflict(_("This record is restricted: the person has asked for erasure."), code="restricted")
        merged = hidden.exclude(merged_into=None).order_by("-pk").first()
        return self.get_queryset().filter(pk=merged.merged_into_id).first() if merged else None


class TransferSerializer(StrictSerializerMixin, serializers.Serializer):
    customer = ScopedField(queryset=Customer.objects.all())
    on = serializers.DateField(required=False)
    reason = serializers.ChoiceField(PastOwnership.Reason.choices, required=False)


class InspectSerializer(StrictSerializerMixin, serializers.Serializer):
    on = serializers.DateField()


class VehicleViewSet(VerbMixin, ArchiveViewSet):
    queryset = Vehicle.objects.select_related("store").prefetch_related("past_plates")
    serializer_class = VehicleSerializer
    filterset_class = VehicleApiFilter
    permissions = WRITTEN | {"transfer": "customers.edit", "inspect": "customers.edit"}
    parent = "customer"

    @verb(VehicleSerializer, TransferSerializer)
    def transfer(self, request, pk):
        vehicle, given = self.asked_of(request)
        vehicle.transfer(given.pop("customer"), by=request.user, **given)
        return self.answer(vehicle)

    @verb(VehicleSerializer, InspectSerializer)
    def inspect(self, request, pk):
        vehicle, given = self.asked_of(request)
        vehicle.inspect(given["on"], by=request.user)
        return self.answer(vehicle)
