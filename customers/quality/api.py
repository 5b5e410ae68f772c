from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.response import Response

from common.errors import DomainError
from customers.quality.rules import counts, indicators
from stores.models import Store

ABOUT = gettext_lazy("Quality of the archive: rows per rule, completeness and freshness of customers' records, of one store or all yours.")


class QualityViewSet(viewsets.ViewSet):
    permission = "customers.view"

    @extend_schema(description=ABOUT, parameters=[OpenApiParameter("store", OpenApiTypes.STR)], responses=OpenApiTypes.OBJECT)
    def list(self, request):
        store, now = asked_store(request), timezone.now()
        found = {rule.code: number for rule, number in counts(request.user, now, store)}
        return Response(indicators(request.user, now, store) | {"rules": found})


def asked_store(request):
    code = request.query_params.get("store")
    if not code:
        return None
    store = Store.objects.for_user(request.user).filter(code=code).first()
    if store is None:
        raise DomainError(_("No such store among yours."), code="store_unknown", field="store")
    return store
