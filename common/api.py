"""What all API endpoints share: strict filters, paging, one error shape. Rights: ``common.permissions``."""

from copy import copy

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import DomainError, NotAllowed
from common.middleware import storable

PAGING = {"page", "page_size", "format"}


class StrictFilterBackend(DjangoFilterBackend):
    """Refuse query parameters nobody declared, so a typing error never widens an answer (T6)."""

    def filter_queryset(self, request, queryset, view):
        filterset = self.get_filterset(request, queryset, view)
        known = PAGING | set(filterset.filters if filterset else ())
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            accepted = ", ".join(sorted(known - {"format"}))
            raise exceptions.ValidationError({name: [_("Unknown filter; accepted are: %(names)s.") % {"names": accepted}] for name in unknown})
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        return filterset.qs


class Pagination(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class StrictSerializerMixin:
    """Refuse fields that are unknown or read-only instead of dropping them in silence (T23)."""

    def to_internal_value(self, data):
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            refused = {name: [_("This field is unknown or cannot be written.")] for name in data if name not in writable}
            refused |= {
                name: [_("This text holds a character that cannot be stored.")]
                for name, value in data.items()
                if isinstance(value, str) and not storable(value)
            }
            if refused:
                raise serializers.ValidationError(refused)
        return super().to_internal_value(data)


class ModelRulesMixin:
    """Check the rules and constraints of the model itself, so that API and forms refuse alike; ``changes`` are what it made of the input.

    Fields the API does not write are left out, but for ``checked_always``, over which constraints reach.
    """

    checked_always = ("store",)

    def validate(self, attrs):
        attrs = super().validate(attrs)
        row = copy(self.instance) if self.instance else self.Meta.model()
        for name, value in attrs.items():
            setattr(row, name, value)
        written = {*attrs, *self.checked_always}
        row.full_clean(exclude={field.name for field in row._meta.fields if field.name not in written})
        return {name: getattr(row, name) for name in attrs}


class ScopedField(serializers.PrimaryKeyRelatedField):
    """A link to a row the caller may see; a foreign store's id answers like one that never existed (T4)."""

    def get_queryset(self):
        return super().get_queryset().for_user(self.context["request"].user)

    def to_internal_value(self, data):
        """Take the id, or the row's key in its own system: ``{"source": …, "external_id": …}`` (AP5)."""
        if not isinstance(data, dict):
            return super().to_internal_value(data)
        if set(data) != {"source", "external_id"} or not all(isinstance(value, str) and value for value in data.values()):
            raise serializers.ValidationError(_("Give an id, or an object with source and external_id."), code="incorrect_type")
        found = list(self.get_queryset().filter(**data)[:2])
        if len(found) != 1:
            raise serializers.ValidationError(_("No row, or more than one, has this source and external id."), code="does_not_exist")
        return found[0]


def problem_details(error, context):
    """Answer every error as ``{type, title, status, code, detail, errors}``."""
    if isinstance(error, DomainError):
        error = domain_problem(error)
    elif isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(serializers.as_serializer_error(error))
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = problem(error, response)
    response.content_type = "application/problem+json"
    return response


def domain_problem(error):
    if isinstance(error, NotAllowed):
        return exceptions.PermissionDenied(str(error.message), code=error.code)
    problem = exceptions.APIException(str(error.message), code=error.code)
    problem.status_code = error.status
    problem.field = error.field
    return problem


def problem(error, response):
    if isinstance(error, Http404):
        code, detail, errors = "not_found", _("Not found."), {}
    elif isinstance(error, exceptions.ValidationError):
        errors = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        code, detail = "invalid", _("Some fields are not right.")
    else:
        detail = str(getattr(error, "detail", error))
        code = getattr(error, "get_codes", lambda: "error")()
        field = getattr(error, "field", None)
        errors = {field: [detail]} if field else {}
    return {"type": "about:blank", "title": response.status_text, "status": response.status_code, "code": code, "detail": detail, "errors": errors}


class NothingSerializer(StrictSerializerMixin, serializers.Serializer):
    """The input of a verb that asks for nothing."""


def verb(answer, asked=NothingSerializer):
    """Declare a verb of one object: what it asks for, and that it answers with the object as it is now."""

    def declare(method):
        routed = action(detail=True, methods=["post"], serializer_class=asked)(method)
        return extend_schema(request=asked if asked is not NothingSerializer else None, responses=answer)(routed)

    return declare


class PatchMixin:
    """Changes by PATCH alone: a PUT of a whole row would undo what the caller does not know of."""

    def partial_update(self, request, *args, **kwargs):
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        return Response(serializer.data)


class VerbMixin:
    """What the verbs of a viewset share."""

    def asked_of(self, request):
        """Return the object and the checked particulars of a verb."""
        row = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return row, serializer.validated_data

    def answer(self, row):
        return verb_response(type(self).serializer_class, row, self.get_serializer_context())


def verb_response(serializer_class, instance, context):
    """Answer a verb with the object as it is now."""
    instance.refresh_from_db()
    return Response(serializer_class(instance, context=context).data)
