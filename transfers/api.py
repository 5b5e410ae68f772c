from pathlib import Path

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from common.api import ScopedField, StrictSerializerMixin, VerbMixin, verb
from common.errors import Conflict
from common.excel import MOST_BYTES
from stores.models import Store
from transfers.feeds import receive
from transfers.models import IncomingFile, Kind
from transfers.undo import undo_import


class IncomingFileSerializer(serializers.ModelSerializer):
    """A file on its way: while it waits, counts are null; what was rejected is the list ``manage.py import_file`` prints."""

    counts = serializers.DictField(source="run.counts", child=serializers.IntegerField(), allow_null=True, default=None)
    rejected = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    undone_at = serializers.DateTimeField(source="run.undone_at", allow_null=True, default=None)

    class Meta:
        model = IncomingFile
        fields = [
            "id", "store", "kind", "name", "status", "arrived_at", "finished_at", "counts", "rejected", "warnings", "refusal_code", "refusal", "undone_at",
        ]  # fmt: skip

    def get_rejected(self, incoming) -> list:
        return incoming.run.rejected if incoming.run else []

    def get_warnings(self, incoming) -> list:
        return incoming.run.warnings if incoming.run else []


class UploadSerializer(StrictSerializerMixin, serializers.Serializer):
    store = ScopedField(queryset=Store.objects.all())
    kind = serializers.ChoiceField(Kind.choices)
    file = serializers.FileField(max_length=200)

    def validate_file(self, file):
        if file.size > MOST_BYTES:
            raise serializers.ValidationError(_("The file is larger than %(limit)d MB.") % {"limit": MOST_BYTES >> 20}, code="file_too_large")
        return file

    def validate_store(self, store):
        if not self.context["request"].user.may("transfers.import", store.pk):
            raise serializers.ValidationError(_("You may not import into this store."), code="not_allowed")
        return store


class ImportViewSet(VerbMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Send a file (AP6): it waits for a worker; ask for it until it is done. The same content again answers with the file that came before."""

    queryset = IncomingFile.objects.select_related("run")
    serializer_class = IncomingFileSerializer
    permission = "transfers.import"
    parser_classes = [MultiPartParser, JSONParser]

    def get_queryset(self):
        return self.queryset.all().for_user(self.request.user)

    @extend_schema(request=UploadSerializer, responses=IncomingFileSerializer)
    def create(self, request):
        upload = UploadSerializer(data=request.data, context=self.get_serializer_context())
        upload.is_valid(raise_exception=True)
        given = upload.validated_data
        incoming, is_new = receive(given["file"], store=given["store"], kind=given["kind"], name=given["file"].name, by=request.user)
        return Response(self.get_serializer(incoming).data, status=202 if is_new else 200)

    @extend_schema(responses={(200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiTypes.BINARY})
    @action(detail=True)
    def rejected(self, request, pk):
        """Hand out the rejected rows as a workbook, each with its reason."""
        run = self.get_object().run
        if run is None or not run.rejected_file:
            raise Http404
        run.fetch_rejected(by=request.user)
        return FileResponse(run.rejected_file.open(), as_attachment=True, filename=f"{Path(run.file_name).stem} rejected.xlsx")

    @verb(IncomingFileSerializer)
    def undo(self, request, pk):
        incoming, _nothing = self.asked_of(request)
        if incoming.run is None:
            raise Conflict(_("Nothing of this file has been taken in."), code="not_taken")
        undo_import(incoming.run, by=request.user)
        return self.answer(incoming)
