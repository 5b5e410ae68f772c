from contextlib import contextmanager

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response as Answered

from accounts.models import Membership, User
from common.api import ScopedField, StrictSerializerMixin, verb_response
from common.errors import DomainError
from customers.models import Customer, Vehicle
from stores.models import Store
from surveys.filters import MysteryShopFilter, ResponseFilter
from surveys.models import Answer, Checklist, ChecklistItem, Factor, FactorScore, ItemScore, MysteryShop, Question, Questionnaire, Response
from surveys.services import mystery_shop_shortfall
from visits.models import Delivery, Visit


class ColleagueField(serializers.PrimaryKeyRelatedField):
    """Somebody who works in a store of the caller; anybody else answers like an id that never existed."""

    def get_queryset(self):
        stores = Store.objects.for_user(self.context["request"].user)
        return User.objects.filter(pk__in=Membership.objects.filter(store__in=stores).values("user"))


# Questionnaires


class FactorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Factor
        fields = ["code", "name_en", "name_zh", "weight"]


class QuestionSerializer(serializers.ModelSerializer):
    factor = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Question
        fields = ["code", "kind", "factor", "text_en", "text_zh", "weight", "is_required", "is_overall", "grievance_value"]


class QuestionnaireSerializer(serializers.ModelSerializer):
    factors = FactorSerializer(many=True, read_only=True)
    questions = QuestionSerializer(many=True, read_only=True)

    class Meta:
        model = Questionnaire
        fields = [
            "id", "code", "version", "index", "side", "name_en", "name_zh", "scale", "lowest", "highest", "satisfied_from", "complaining_to",
            "completeness", "published_at", "retired_at", "factors", "questions",
        ]  # fmt: skip


class QuestionnaireViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Questionnaire.objects.published().prefetch_related("factors", "questions__factor")
    serializer_class = QuestionnaireSerializer
    permission = "surveys.view"
    filterset_fields = ["code", "index", "side"]


# Responses


@contextmanager
def naming_answers(questionnaire):
    """Tell what is wrong with an answer under the code of its question, by which it was sent."""
    codes = {question.field_name: question.code for question in questionnaire.question_list} if questionnaire else {}
    try:
        yield
    except DomainError as error:
        if error.field not in codes:
            raise
        raise serializers.ValidationError({"answers": {codes[error.field]: [error.message]}}) from error


class GivenAnswerSerializer(serializers.ModelSerializer):
    question = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Answer
        fields = ["question", "value", "text"]


class FactorScoreSerializer(serializers.ModelSerializer):
    factor = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = FactorScore
        fields = ["factor", "points"]


SCORED = ["submitted_at", "submitted_by", "points", "answered_weight", "is_counted", "mood", "voided_at", "void_reason"]


class ResponseSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    """A new response carries ``answers`` as ``{question code: rating, 1 or 0, text, or null}``."""

    store = ScopedField(queryset=Store.objects.all())
    customer = ScopedField(queryset=Customer.objects.all())
    vehicle = ScopedField(queryset=Vehicle.objects.all(), required=False, allow_null=True)
    visit = ScopedField(queryset=Visit.objects.all(), required=False, allow_null=True)
    delivery = ScopedField(queryset=Delivery.objects.all(), required=False, allow_null=True)
    employee = ColleagueField(required=False, allow_null=True)
    answers = serializers.DictField(child=serializers.JSONField(allow_null=True), write_only=True)

    class Meta:
        model = Response
        fields = ["id", "store", "questionnaire", "customer", "vehicle", "visit", "delivery", "employee", "mode", "served_on", "remark", "answers", *SCORED]
        read_only_fields = SCORED
        extra_kwargs = {"questionnaire": {"queryset": Questionnaire.objects.published()}}

    def validate(self, fields):
        """Turn question codes into questions, and see that the adviser works in this store."""
        employee = fields.get("employee")
        if employee and not Membership.objects.covering(fields["store"]).filter(user=employee).exists():
            raise serializers.ValidationError({"employee": [_("The adviser does not work in this store.")]})
        by_code = {question.code: question for question in fields["questionnaire"].question_list}
        unknown = {code: [_("The questionnaire has no such question.")] for code in fields["answers"] if code not in by_code}
        if unknown:
            raise serializers.ValidationError({"answers": unknown})
        fields["answers"] = {by_code[code].pk: value for code, value in fields["answers"].items()}
        return fields

    def create(self, fields):
        answers = fields.pop("answers")
        response = Response(**fields)
        with naming_answers(response.questionnaire):
            return response.submit(answers, by=self.context["request"].user)


class ResponseDetailSerializer(ResponseSerializer):
    answers = GivenAnswerSerializer(many=True, read_only=True)
    factor_scores = FactorScoreSerializer(many=True, read_only=True)

    class Meta(ResponseSerializer.Meta):
        fields = [*ResponseSerializer.Meta.fields, "factor_scores"]


class VoidSerializer(StrictSerializerMixin, serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class ResponseViewSet(mixins.CreateModelMixin, viewsets.ReadOnlyModelViewSet):
    queryset = Response.objects.all()
    filterset_class = ResponseFilter
    permission = "surveys.view"
    permissions = {"create": "surveys.submit", "void": "surveys.void"}

    def get_queryset(self):
        responses = Response.objects.for_user(self.request.user).with_context()
        return responses if self.action == "list" else responses.prefetch_related("answers__question", "factor_scores__factor")

    def get_serializer_class(self):
        return ResponseDetailSerializer if self.action == "retrieve" else ResponseSerializer

    def create(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        answered = ResponseDetailSerializer(serializer.save(), context=self.get_serializer_context())
        return Answered(answered.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=VoidSerializer, responses=ResponseDetailSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request, pk=None):
        response = self.get_object()
        serializer = VoidSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        response.void(by=request.user, **serializer.validated_data)
        return verb_response(ResponseDetailSerializer, response, self.get_serializer_context())


# Mystery shops


class ItemScoreSerializer(serializers.ModelSerializer):
    text = serializers.CharField(source="item", read_only=True)
    available = serializers.IntegerField(source="item.points", read_only=True)
    has_photo = serializers.BooleanField(source="photo", read_only=True)

    class Meta:
        model = ItemScore
        fields = ["item", "text", "available", "earned", "is_na", "note", "has_photo"]


class MysteryShopSerializer(StrictSerializerMixin, serializers.ModelSerializer):
    store = ScopedField(queryset=Store.objects.all())
    employee = ColleagueField()
    side = serializers.CharField(source="checklist.side", read_only=True)

    class Meta:
        model = MysteryShop
        fields = ["id", "store", "checklist", "side", "kind", "employee", "auditor", "visited_on", "score", "remark", "created_at", "submitted_at"]
        read_only_fields = ["auditor", "score", "created_at", "submitted_at"]
        extra_kwargs = {"checklist": {"queryset": Checklist.objects.in_use()}}

    def create(self, fields):
        return MysteryShop(**fields).create(by=self.context["request"].user)


class MysteryShopDetailSerializer(MysteryShopSerializer):
    scores = ItemScoreSerializer(many=True, read_only=True)

    class Meta(MysteryShopSerializer.Meta):
        fields = [*MysteryShopSerializer.Meta.fields, "scores"]


class EntrySerializer(StrictSerializerMixin, serializers.Serializer):
    item = serializers.IntegerField(min_value=1)
    earned = serializers.IntegerField(required=False, allow_null=True, default=None)
    is_na = serializers.BooleanField(required=False, default=False)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class EnterSerializer(StrictSerializerMixin, serializers.Serializer):
    items = EntrySerializer(many=True)
    remark = serializers.CharField(required=False, allow_blank=True, max_length=2000, default=None)

    def entries(self):
        return {entry["item"]: {name: entry[name] for name in ("earned", "is_na", "note")} for entry in self.validated_data["items"]}


class ChecklistItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChecklistItem
        fields = ["id", "section_en", "section_zh", "text_en", "text_zh", "points", "may_be_na"]


class ChecklistSerializer(serializers.ModelSerializer):
    items = ChecklistItemSerializer(many=True, read_only=True)

    class Meta:
        model = Checklist
        fields = ["id", "code", "version", "side", "name_en", "name_zh", "pass_mark", "items"]


class ChecklistViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Checklist.objects.in_use().prefetch_related("items")
    serializer_class = ChecklistSerializer
    permission = "surveys.view_own_audits"
    filterset_fields = ["code", "side"]


class ShortfallQuerySerializer(StrictSerializerMixin, serializers.Serializer):
    store = ScopedField(queryset=Store.objects.all())
    month = serializers.DateField(input_formats=["%Y-%m"], format="%Y-%m")


class QuotaLineSerializer(serializers.Serializer):
    kind = serializers.CharField(source="quota.kind")
    side = serializers.CharField(source="quota.side")
    role = serializers.CharField(source="quota.role")
    department_kind = serializers.CharField(source="quota.department_kind")
    employee = serializers.IntegerField(source="person.pk", allow_null=True)
    whom = serializers.CharField()
    done = serializers.IntegerField()
    due = serializers.IntegerField()
    missing = serializers.IntegerField()


class MysteryShopViewSet(mixins.CreateModelMixin, viewsets.ReadOnlyModelViewSet):
    queryset = MysteryShop.objects.all()
    filterset_class = MysteryShopFilter
    permission = "surveys.view_own_audits"
    permissions = {
        "create": "surveys.audit",
        "enter": "surveys.audit",
        "submit": "surveys.audit",
        "discard": "surveys.audit",
        "shortfall": "surveys.view_audits",
    }

    def get_queryset(self):
        shops = MysteryShop.objects.for_user(self.request.user).with_context()
        return shops if self.action == "list" else shops.prefetch_related("scores__item")

    def get_serializer_class(self):
        return MysteryShopDetailSerializer if self.action == "retrieve" else MysteryShopSerializer

    @extend_schema(request=EnterSerializer, responses=MysteryShopDetailSerializer)
    @action(detail=True, methods=["post"])
    def enter(self, request, pk=None):
        shop = self.get_object()
        serializer = EnterSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        shop.enter(serializer.entries(), by=request.user, remark=serializer.validated_data["remark"])
        return self.answered(shop)

    @extend_schema(request=None, responses=MysteryShopDetailSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request, pk=None):
        shop = self.get_object()
        shop.submit(by=request.user)
        return self.answered(shop)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def discard(self, request, pk=None):
        self.get_object().discard(by=request.user)
        return Answered(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(parameters=[ShortfallQuerySerializer], responses=QuotaLineSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def shortfall(self, request):
        """Answer what each quota asks of each person or department in a month, and what is missing."""
        query = ShortfallQuerySerializer(data=request.query_params.dict(), context=self.get_serializer_context())
        query.is_valid(raise_exception=True)
        store = query.validated_data["store"]
        if not request.user.may("surveys.view_audits", store.pk):
            self.permission_denied(request)
        return Answered(QuotaLineSerializer(mystery_shop_shortfall(store, query.validated_data["month"]), many=True).data)

    def answered(self, shop):
        """Answer with the shop as it is now, its items read anew."""
        return verb_response(MysteryShopDetailSerializer, self.get_queryset().get(pk=shop.pk), self.get_serializer_context())
