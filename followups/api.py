from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from common.api import NothingSerializer, StrictSerializerMixin, VerbMixin, verb
from followups import services
from followups.filters import FollowUpFilter
from followups.forms import LONGEST_NOTE
from followups.household import release_household, renew_household, take_household
from followups.models import Attempt, FollowUp
from followups.outcomes import Outcome
from surveys.api import naming_answers


class AttemptSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attempt
        fields = ["at", "by", "outcome", "note", "next_at", "phone_tail", "held_since", "call_ref", "talk_seconds", "voided_at"]


class FollowUpSerializer(serializers.ModelSerializer):
    plan = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = FollowUp
        fields = [
            "id", "store", "plan", "source_kind", "source_id", "customer", "vehicle", "visit", "delivery", "role", "assignee", "priority", "due_at",
            "available_at", "promised_at", "status", "exemption", "claimed_by", "claimed_at", "lease_until", "attempt_count", "first_attempt_at",
            "outcome", "response", "finished_at", "finished_by", "created_at",
        ]  # fmt: skip


class FollowUpDetailSerializer(FollowUpSerializer):
    attempts = AttemptSerializer(many=True)

    class Meta(FollowUpSerializer.Meta):
        fields = [*FollowUpSerializer.Meta.fields, "attempts"]


class CallerField(serializers.PrimaryKeyRelatedField):
    """Somebody who makes calls in a store the caller oversees; anybody else answers like an unknown id."""

    def get_queryset(self):
        return User.objects.with_permission_in("followups.work", self.context["request"].user.stores_with("followups.view"))


class LogSerializer(StrictSerializerMixin, serializers.Serializer):
    """What came of a call; ``answers`` as ``{question code: rating, 1 or 0, text, or null}`` belong to the outcome ``ok``.

    ``phone`` is the id of the number dialled among the customer's other ones; without it the preferred one was.
    A telephone system adds the id of the call and how many seconds were talked: evidence that it was made.
    """

    outcome = serializers.ChoiceField(choices=Outcome)
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE, default="")
    next_at = serializers.DateTimeField(required=False, allow_null=True)
    phone = serializers.IntegerField(required=False, allow_null=True)
    answers = serializers.DictField(child=serializers.JSONField(allow_null=True), required=False)
    also = serializers.ListField(child=serializers.IntegerField(), required=False, help_text="Other calls of the household one holds that this settles too.")
    call_ref = serializers.CharField(required=False, allow_blank=True, max_length=64)
    talk_seconds = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=86400)


class AssignSerializer(StrictSerializerMixin, serializers.Serializer):
    assignee = CallerField(allow_null=True)


class CancelSerializer(StrictSerializerMixin, serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class FollowUpViewSet(VerbMixin, viewsets.ReadOnlyModelViewSet):
    """Calls, letters and visits to make. A follow-up is claimed for a quarter of an hour, worked on and logged."""

    queryset = FollowUp.objects.all()
    serializer_class = FollowUpDetailSerializer
    filterset_class = FollowUpFilter
    permission = "followups.view"
    permissions = dict.fromkeys(("claim", "renew", "release", "log", "next"), "followups.work") | dict.fromkeys(("assign", "cancel"), "followups.assign")

    def get_queryset(self):
        rows = FollowUp.objects.for_user(self.request.user)
        return rows.for_list() if self.action == "list" else rows.with_context().prefetch_related("attempts")

    def get_serializer_class(self):
        return FollowUpSerializer if self.action == "list" else self.serializer_class

    @extend_schema(request=None, responses={200: FollowUpDetailSerializer, 204: None})
    @action(detail=False, methods=["post"], serializer_class=NothingSerializer)
    def next(self, request):
        """Claim the best next follow-up; 204 when nothing is waiting."""
        followup = FollowUp.objects.next_for(request.user, timezone.now())
        if followup is None:
            return Response(status=204)
        take_household(followup, request.user, timezone.now())
        return self.answer(followup)

    @verb(FollowUpDetailSerializer)
    def claim(self, request, pk):
        followup, _asked = self.asked_of(request)
        followup.claim(by=request.user)
        take_household(followup, request.user, timezone.now())
        return self.answer(followup)

    @verb(FollowUpDetailSerializer)
    def renew(self, request, pk):
        followup, _asked = self.asked_of(request)
        followup.renew(by=request.user)
        renew_household(followup, request.user)
        return self.answer(followup)

    @verb(FollowUpDetailSerializer)
    def release(self, request, pk):
        followup, _asked = self.asked_of(request)
        followup.release(by=request.user)
        release_household(followup, request.user)
        return self.answer(followup)

    @verb(FollowUpDetailSerializer, LogSerializer)
    def log(self, request, pk):
        followup, asked = self.asked_of(request)
        questionnaire = followup.plan.questionnaire()
        answers = answers_by_id(questionnaire, asked.pop("answers", None))
        with naming_answers(questionnaire):
            return self.answer(services.log_call(followup, by=request.user, answers=answers, **asked))

    @verb(FollowUpDetailSerializer, AssignSerializer)
    def assign(self, request, pk):
        followup, asked = self.asked_of(request)
        followup.assign(asked["assignee"], by=request.user)
        return self.answer(followup)

    @verb(FollowUpDetailSerializer, CancelSerializer)
    def cancel(self, request, pk):
        followup, asked = self.asked_of(request)
        followup.cancel(by=request.user, **asked)
        return self.answer(followup)


def answers_by_id(questionnaire, answers):
    """Turn question codes into ids."""
    ids = {question.code: question.pk for question in questionnaire.question_list} if questionnaire else {}
    unknown = {code: [_("The questionnaire has no such question.")] for code in answers or () if code not in ids}
    if unknown:
        raise serializers.ValidationError({"answers": unknown})
    return {ids[code]: value for code, value in (answers or {}).items()}
