"""Every table of the platform, by what it is about; rows never leave `storage`."""

from storage.tables.access import GrantRow
from storage.tables.audit import AuditPersonRow, AuditRow, AuditSealRow
from storage.tables.base import Id, Json, Moment, Row
from storage.tables.datasets import DatasetRow, RawFileRow, RevisionRow, SplitRow, VersionFileRow, VersionRow
from storage.tables.network import GroupMemberRow, GroupRow, LineRow, OrganisationRow, TokenRow, UserRow
from storage.tables.production import DescentRow, ObjectRow
from storage.tables.runs import AcceptedFindingRow, IngestRunRow, RunEventRow, TableRow, WorkerRow
from storage.tables.uploads import UploadPartRow, UploadRow

__all__ = [
    "AcceptedFindingRow",
    "AuditPersonRow",
    "AuditRow",
    "AuditSealRow",
    "DatasetRow",
    "DescentRow",
    "GrantRow",
    "GroupMemberRow",
    "GroupRow",
    "Id",
    "IngestRunRow",
    "Json",
    "LineRow",
    "Moment",
    "ObjectRow",
    "OrganisationRow",
    "RawFileRow",
    "RevisionRow",
    "Row",
    "RunEventRow",
    "SplitRow",
    "TableRow",
    "TokenRow",
    "UploadPartRow",
    "UploadRow",
    "UserRow",
    "VersionFileRow",
    "VersionRow",
    "WorkerRow",
]
