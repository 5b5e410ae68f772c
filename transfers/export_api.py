"""Exports for programs: ask for a list with the filters of its page, wait, fetch the file once it is there (T9, T11, T104)."""

from django.http import FileResponse, Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from common.api import StrictSerializerMixin
from common.tasks import wake
from transfers import exports, tasks
from transfers.lists import LISTS
from transfers.models import ExportRun


class ExportSerializer(serializers.ModelSerializer):
    """An export of the caller's; the file is there while ``is_ready``, a quarter of an hour long."""

    class Meta:
        model = ExportRun
        fields = ["id", "list_code", "query", "reason", "status", "asked_at", "finished_at", "row_count", "is_ready"]


class AskSerializer(StrictSerializerMixin, serializers.Serializer):
    """``filters`` are those of the list's page: ``{"store": "1", "status": "open"}``."""

    list_code = serializers.ChoiceField(choices=sorted(LISTS))
    filters = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False, default=dict)
    reason = serializers.CharField(min_length=2, max_length=200)

    def validate_list_code(self, code):
        if not self.context["request"].user.may(LISTS[code].model.view_permission):
            raise serializers.ValidationError(_("You may not see this list."), code="not_allowed")
        return code

    @property
    def query(self):
        query = QueryDict(mutable=True)
        query.update(self.validated_data["filters"])
        return query.urlencode()


class ExportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Take lists out as workbooks; one at a time is made for each person, and nobody sees somebody else's."""

    queryset = ExportRun.objects.all()
    serializer_class = ExportSerializer
    permission = "transfers.export"

    def get_queryset(self):
        return self.request.user.exports.all()

    @extend_schema(request=AskSerializer, responses={202: ExportSerializer})
    def create(self, request):
        """Ask for an export: a small one is ready with the answer, a large one waits for a worker."""
        asked = AskSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        run = exports.export(asked.validated_data["list_code"], asked.query, by=request.user, reason=asked.validated_data["reason"])
        if run.is_unfinished:
            wake(tasks.make_exports)
        return Response(ExportSerializer(run).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={(200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request, pk):
        """Hand out the workbook; 404 before it is ready and after its quarter of an hour."""
        run = self.get_object()
        if not run.is_ready:
            raise Http404
        run.fetch()
        return FileResponse(run.file.open(), as_attachment=True, filename=f"{run.list_code} {timezone.localtime(run.asked_at):%Y-%m-%d %H%M}.xlsx")
