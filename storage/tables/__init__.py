"""Every table of the platform, by what it is about; rows never leave `storage`."""

from storage.tables.access import (
    AudienceRow,
    BlockRow,
    CollectedRow,
    CollectionRow,
    DerivationRow,
    GrantRow,
    RightsHolderRow,
    SealPartyRow,
    SealRow,
    TermsRow,
    VisibleRow,
)
from storage.tables.agreements import AcceptanceRow, AgreementRow, AgreementVersionRow
from storage.tables.audit import AuditPersonRow, AuditRow, AuditSealRow
from storage.tables.base import Id, Json, Moment, Row
from storage.tables.datasets import DatasetRow, RawFileRow, RevisionRow, SplitRow, VersionFileRow, VersionRow
from storage.tables.network import (
    GroupMemberRow,
    GroupRow,
    GroupUserRow,
    LineRow,
    MembershipRow,
    NetworkRoleRow,
    OrganisationRow,
    TokenRow,
    UserRow,
)
from storage.tables.production import DescentRow, ObjectRow
from storage.tables.runs import AcceptedFindingRow, IngestRunRow, RunEventRow, TableRow, WorkerRow
from storage.tables.uploads import UploadPartRow, UploadRow

__all__ = [
    "AcceptanceRow",
    "AcceptedFindingRow",
    "AgreementRow",
    "AgreementVersionRow",
    "AudienceRow",
    "AuditPersonRow",
    "AuditRow",
    "AuditSealRow",
    "BlockRow",
    "CollectedRow",
    "CollectionRow",
    "DatasetRow",
    "DerivationRow",
    "DescentRow",
    "GrantRow",
    "GroupMemberRow",
    "GroupRow",
    "GroupUserRow",
    "Id",
    "IngestRunRow",
    "Json",
    "LineRow",
    "MembershipRow",
    "Moment",
    "NetworkRoleRow",
    "ObjectRow",
    "OrganisationRow",
    "RawFileRow",
    "RevisionRow",
    "RightsHolderRow",
    "Row",
    "RunEventRow",
    "SealPartyRow",
    "SealRow",
    "SplitRow",
    "TableRow",
    "TermsRow",
    "TokenRow",
    "UploadPartRow",
    "UploadRow",
    "UserRow",
    "VersionFileRow",
    "VersionRow",
    "VisibleRow",
    "WorkerRow",
]
