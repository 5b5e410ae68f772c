"""The figures for other programs; the same objects as the page and ``manage.py kpi`` show."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from common.errors import DomainError
from common.periods import Period
from kpis.indicators import INDICATORS
from kpis.queries import measure_query

PARAMETERS = {
    "store": gettext_lazy("Code of the store, or several separated by commas; without it all your stores are summed."),
    "period": gettext_lazy("2026-10, 2026-Q4, 2026-H2, 2026, r3:2026-10 or r12:2026-10. Required."),
    "grain": gettext_lazy("“month” gives one object per month of the period."),
    "codes": gettext_lazy("Indicators separated by commas; all when left out."),
    "employee": gettext_lazy("Id of the employee served by; only rows of this person count."),
}


class ValueSerializer(serializers.Serializer):
    """Describes one object of the answer for the API documentation."""

    code = serializers.ChoiceField(choices=list(INDICATORS))
    store = serializers.CharField(allow_null=True)
    employee = serializers.IntegerField(allow_null=True)
    period = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    n = serializers.IntegerField()
    numerator = serializers.CharField()
    denominator = serializers.CharField()
    interval = serializers.ListField(child=serializers.CharField(), allow_null=True)
    target = serializers.CharField(allow_null=True)
    gap = serializers.CharField(allow_null=True)
    reached = serializers.BooleanField(allow_null=True)
    status = serializers.CharField()
    sample = serializers.CharField()
    band = serializers.CharField(allow_null=True)
    definition_version = serializers.IntegerField()
    questionnaires = serializers.ListField(child=serializers.CharField())


class KpiViewSet(viewsets.ViewSet):
    """Values of indicators: value, n, numerator, denominator, Interval (95%), target, gap, band and version of the definition."""

    permission = "kpis.view"

    @extend_schema(
        parameters=[OpenApiParameter(name, OpenApiTypes.STR, description=text) for name, text in PARAMETERS.items()],
        responses=ValueSerializer(many=True),
    )
    def list(self, request):
        query = request.query_params
        refuse_unknown(query)
        values = measure_query(
            stores=request.user.stores_with(self.permission),
            period=Period.parse(query.get("period", "")),
            **{name: query[name] for name in ("store", "grain", "codes", "employee") if name in query},
        )
        return Response([value.as_dict() for value in values])


def refuse_unknown(query):
    """Refuse parameters nobody declared and those given twice, so a typing error never widens an answer (T6)."""
    for name, given in query.lists():
        if name not in PARAMETERS:
            raise DomainError(_("Unknown parameter; accepted are: %(names)s.") % {"names": ", ".join(PARAMETERS)}, code="unknown_parameter", field=name)
        if len(given) > 1:
            raise DomainError(_("Give this parameter once; separate several values by commas."), code="repeated_parameter", field=name)
