from transfers.models.exports import ExportRun
from transfers.models.feeds import Feed, IncomingFile
from transfers.models.imports import KEPT_NOTES, ImportRun, ImportTrace, Kept, Kind
from transfers.models.mapping import FileMapping

__all__ = ["KEPT_NOTES", "ExportRun", "Feed", "FileMapping", "ImportRun", "ImportTrace", "IncomingFile", "Kept", "Kind"]
