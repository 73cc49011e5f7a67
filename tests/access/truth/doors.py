"""Every exit of the table and the door it is at; and the doors that are none, each with the reason."""

from dataclasses import dataclass, field

from schemas.access import Exit
from tests.access.truth import rule
from tests.access.truth.cases import CALLERS, Case

ONE = "/api/v1/datasets/{dataset}"
LANDING = "/datasets/{dataset}"
CODED = "/api/v1/coded/{collection}/{code}"
REGISTERED = "/api/v1/registry/{object}"
STEWARD = ("steward",)
WRITERS = ("contributor", "steward")


@dataclass(frozen=True)
class Door:
    """A route as it is asked, and what the table says that it needs: a level in a view, or a role in the house.

    `below`: it tells only those to whom this level is not open. `hides`: it does not exist for those to whom the level
    is not open.
    """

    path: str
    level: str = ""
    view: str = "full"
    exit: Exit | None = None
    method: str = "GET"
    params: dict[str, str | int] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    closes: bool = False
    looks: bool = False
    below: str = ""
    signed_in: bool = False
    body: dict[str, object] | None = None
    hides: bool = False

    def expected(self, case: Case) -> str:
        """What the naive statement says that this door answers."""
        if self.roles:
            return rule.right(case, self.roles, self.closes, self.looks)
        if self.signed_in and case.caller == "nobody":
            return "not signed in"
        word = rule.answer(case, self.level, self.view)
        if word == "given" and self.below and rule.opens(case, self.below, self.view):
            return "hidden"
        # A list refuses nobody for a dataset that it does not show.
        return "hidden" if (self.lists or self.hides) and word == "refused" and CALLERS[case.caller].reads else word

    @property
    def lists(self) -> bool:
        """True for a list in which the dataset stands or does not."""
        return self.exit in (Exit.LIST, Exit.HARVEST)


def _columns(name: str, door: Door) -> tuple[str, Door]:
    """The same door, asked in the view of chosen columns."""
    return f"{name}, columns", Door(
        door.path, door.level, "columns", door.exit, door.method, door.params | {"view": "columns"}
    )


_TABLE, _V1 = f"{ONE}/tables/{{table}}", {"version": 1}
_HARVEST: dict[str, str | int] = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
_PLOT: dict[str, str | int] = {"y": "voltage_volt"}
_SUMMARY = Door(f"{ONE}/summary", "summary", exit=Exit.SUMMARY)
_COMPARED = Door("/api/v1/comparison", "summary", exit=Exit.COMPARE, params={"dataset": "{dataset}"})
_TABLES = Door(f"{ONE}/tables", "tables", exit=Exit.TABLE)
_PAGE = Door(_TABLE, "tables", exit=Exit.TABLE, params={"limit": 3})
_CSV = Door(f"{_TABLE}/{{form}}", "tables", exit=Exit.TABLE, params={"form": "csv"})
_PARQUET = Door(f"{_TABLE}/{{form}}", "tables", exit=Exit.TABLE, params={"form": "parquet"})
_LINK = Door(f"{_TABLE}/link", "tables", exit=Exit.TABLE, method="POST")
_SERIES = Door(f"{ONE}/series", "tables", exit=Exit.SERIES, params=_PLOT)

DOORS: dict[str, Door] = {
    "list": Door("/api/v1/datasets", "listed", exit=Exit.LIST),
    "search by the public title": Door(
        "/api/v1/datasets", "listed", exit=Exit.LIST, params={"text": "Neutral"}, below="metadata"
    ),
    "search by the title": Door("/api/v1/datasets", "metadata", exit=Exit.LIST, params={"text": "Secretword"}),
    "tests of a cell": Door(
        "/api/v1/objects/tests",
        "metadata",
        exit=Exit.LIST,
        params={"kind": "cell", "name": "C-1", "owner": "north"},
        signed_in=True,
    ),
    "notifications": Door("/api/v1/notifications", "listed", exit=Exit.LIST, signed_in=True),
    "detail": Door(ONE, "listed", exit=Exit.DETAIL),
    "why": Door(f"{ONE}/access", "listed", exit=Exit.EXPLAIN),
    "terms": Door(f"{ONE}/odrl", "listed", exit=Exit.TERMS),
    "export": Door(f"{LANDING}/as/{{form}}", "listed", exit=Exit.EXPORT, params={"form": "json"}),
    "catalogue": Door("/catalogue", "listed", exit=Exit.HARVEST),
    "harvest": Door("/oai", "listed", exit=Exit.HARVEST, params=_HARVEST),
    "revisions": Door(f"{ONE}/revisions", "metadata", exit=Exit.REVISIONS),
    "revision": Door(f"{ONE}/revisions/{{number}}", "metadata", exit=Exit.REVISIONS),
    "difference of versions": Door(f"{ONE}/difference", "metadata", exit=Exit.REVISIONS, params={"from": 1, "to": 1}),
    "landing page": Door(LANDING, "listed", exit=Exit.LANDING),
    "stable address of a table": Door(
        f"{LANDING}/files/{{name}}", "tables", exit=Exit.TABLE, params={"name": "timeseries.parquet"}
    ),
    "stable address of a raw file": Door(f"{LANDING}/raw/{{file}}", "raw", exit=Exit.RAW, params={"pin": "@1"}),
    "stable address of a table as csv": Door(
        f"{LANDING}/files/{{name}}", "tables", exit=Exit.TABLE, params={"name": "timeseries.csv"}
    ),
    "bundle": Door(f"{LANDING}/bundle.zip", "listed", exit=Exit.EXPORT),
    "bundle of several": Door("/api/v1/bundles", "listed", exit=Exit.EXPORT, params={"dataset": "{dataset}"}),
    "sources": Door(f"{ONE}/sources", "metadata", exit=Exit.SOURCES),
    "its cell": Door(REGISTERED, "metadata", exit=Exit.OBJECT, hides=True),
    "passport of its cell": Door(f"{REGISTERED}/passport", "metadata", exit=Exit.OBJECT, hides=True),
    "page of its cell": Door("/objects/{object}", "metadata", exit=Exit.OBJECT, hides=True),
    "production": Door(f"{ONE}/production", "metadata", exit=Exit.PRODUCTION),
    "versions": Door(f"{ONE}/versions", "tables", exit=Exit.FILES),
    "builds": Door(f"{ONE}/builds", "tables", exit=Exit.FILES),
    "difference": Door(f"{ONE}/builds/{{build}}/difference", "tables", exit=Exit.TABLE, params={"other": 1} | _V1),
    "report": Door(f"{ONE}/report", "tables", exit=Exit.REPORT, params=_V1),
    "report as csv": Door(f"{ONE}/report/csv", "tables", exit=Exit.REPORT, params=_V1),
    "summary": _SUMMARY,
    "picture": Door(f"{ONE}/picture.svg", "summary", exit=Exit.PICTURE),
    "comparison": _COMPARED,
    "tables": _TABLES,
    "page": _PAGE,
    "csv": _CSV,
    "parquet": _PARQUET,
    "link": _LINK,
    "series": _SERIES,
    "raw": Door(f"{ONE}/raw/{{file}}", "raw", exit=Exit.RAW, params=_V1),
    "raw link": Door(f"{ONE}/raw/{{file}}/link", "raw", exit=Exit.RAW, method="POST", params=_V1),
    **dict(
        _columns(name, door)
        for name, door in {
            "summary": _SUMMARY,
            "comparison": _COMPARED,
            "tables": _TABLES,
            "page": _PAGE,
            "csv": _CSV,
            "parquet": _PARQUET,
            "link": _LINK,
            "series": _SERIES,
        }.items()
    ),
    "codes": Door("/api/v1/coded/{collection}", "listed", "blinded", Exit.CODED),
    "coded summary": Door(f"{CODED}/summary", "summary", "blinded", Exit.SUMMARY),
    "coded tables": Door(f"{CODED}/tables", "tables", "blinded", Exit.TABLE),
    "coded page": Door(f"{CODED}/tables/{{table}}", "tables", "blinded", Exit.TABLE, params={"limit": 3}),
    "coded csv": Door(f"{CODED}/tables/{{table}}/{{form}}", "tables", "blinded", Exit.TABLE, params={"form": "csv"}),
    "coded parquet": Door(
        f"{CODED}/tables/{{table}}/{{form}}", "tables", "blinded", Exit.TABLE, params={"form": "parquet"}
    ),
    "coded link": Door(f"{CODED}/tables/{{table}}/link", "tables", "blinded", Exit.TABLE, method="POST"),
    "coded series": Door(f"{CODED}/series", "tables", "blinded", Exit.SERIES, params=_PLOT),
    "grants": Door(f"{ONE}/grants", roles=STEWARD),
    "DOIs": Door(f"{ONE}/dois", roles=STEWARD),
    "who looked": Door(f"{ONE}/accesses", roles=STEWARD, closes=True, looks=True),
    "who can": Door(f"{ONE}/access/who", roles=STEWARD, looks=True),
    "as another": Door(f"{ONE}/access/as/{{organisation}}", roles=STEWARD, looks=True),
    "requests on it": Door(f"{ONE}/requests", roles=STEWARD),
    "blocks on it": Door(f"{ONE}/blocks", roles=STEWARD, closes=True),
    "rights holders": Door(f"{ONE}/rights-holders", roles=STEWARD),
    "unconfirmed grants": Door(f"{ONE}/embargo/unconfirmed", roles=STEWARD),
    "collections of it": Door(f"{ONE}/collections", roles=WRITERS),
    "proposal to join files": Door(f"{ONE}/proposal", roles=WRITERS),
    "what the record lacks": Door(f"{ONE}/missing", roles=WRITERS),
    "suggestions for the record": Door(f"{ONE}/suggestions", roles=WRITERS),
    "terms of the record": Door(f"{ONE}/terms", roles=WRITERS),
    "change of the record": Door(f"{ONE}/metadata", roles=WRITERS, method="PATCH", body={}),
}
"""The exits; every word of `schemas.access.Exit` and every GET route is here, or has a reason below."""

NO_DOOR: dict[Exit, str] = {
    Exit.AGGREGATE: "an aggregate is of a whole collection of a minimum of organisations: tests/api/test_aggregates.py",
}

_ROUNDS = "rounds tell of no dataset; tests/api/test_rounds_setup.py"
_ROUND_RESULTS = "results stand under codes; tests/attacks/test_round_reidentification.py"
_CELLS = "of cells, of no dataset; tests/api/test_round_cells.py"
_UNBLINDINGS = "codes, and one line's name for one person; no dataset; tests/api/test_round_unblinding.py"
_REPORTS = "reports of rounds, under codes, and of no dataset; tests/api/test_round_reports.py"
_NOTHING_OF_DATASETS = "tells of no dataset"
_OF_THE_CALLER = "the caller's own account, or that of their organisation"
_NETWORK = "who takes part; tests/api/test_network.py and test_people.py"
_AGREEMENTS = "agreements; tests/api/test_agreements.py"
_SIGN_IN = "signing in; tests/api/test_sessions.py"
_OWN_SUBMISSIONS = "what the caller's own organisation has handed in; tests/api/test_round_sealed.py"
_HOUSE = "within the caller's own organisation alone"
REASONS: dict[str, str] = {
    "/": _NOTHING_OF_DATASETS,
    "/docs": _NOTHING_OF_DATASETS,
    "/rules": _NOTHING_OF_DATASETS,
    "/rules/{name}": _NOTHING_OF_DATASETS,
    "/metadata": _NOTHING_OF_DATASETS,
    "/api/v1/schemas/metadata": _NOTHING_OF_DATASETS,
    "/api/v1/schemas/metadata/{version}": _NOTHING_OF_DATASETS,
    "/api/v1/openapi.json": _NOTHING_OF_DATASETS,
    "/api/v1/health": _NOTHING_OF_DATASETS,
    "/api/v1/version": _NOTHING_OF_DATASETS,
    "/api/v1/rules": _NOTHING_OF_DATASETS,
    "/api/v1/rules/{name}": _NOTHING_OF_DATASETS,
    "/api/v1/templates/production.{form}": _NOTHING_OF_DATASETS,
    "/glossary": _NOTHING_OF_DATASETS,
    "/api/v1/glossary": _NOTHING_OF_DATASETS,
    "/vocabularies": _NOTHING_OF_DATASETS,
    "/vocabularies/{name}": _NOTHING_OF_DATASETS,
    "/vocabularies/{name}/{term}": _NOTHING_OF_DATASETS,
    "/api/v1/vocabularies": _NOTHING_OF_DATASETS,
    "/api/v1/vocabularies/{name}": _NOTHING_OF_DATASETS,
    "/api/v1/vocabularies/{name}/skos": _NOTHING_OF_DATASETS,
    "/api/v1/vocabularies/{name}/csv": _NOTHING_OF_DATASETS,
    "/api/v1/vocabularies/{name}/{term}": _NOTHING_OF_DATASETS,
    "/api/v1/term-proposals": _HOUSE,
    "/api/v1/templates/metadata.{form}": _NOTHING_OF_DATASETS,
    "/api/v1/collections": "names of collections; what is in one is told by the doors above",
    "/api/v1/collections/{collection}/aggregate": NO_DOOR[Exit.AGGREGATE],
    "/blobs/{key}": "the signed link is the permission; followed at every link above, and in test_revocation.py",
    "/api/v1/registry": "objects, not datasets; tests/api/test_registry.py",
    "/api/v1/registry/{object}/revisions": "for the object's owner alone; tests/api/test_registry.py",
    "/api/v1/registry/{object}/versions/{number}": "as 'its cell', of protocols; tests/api/test_registry.py",
    "/api/v1/registry/{object}/passport/json": "the same bytes as 'passport of its cell'",
    "/lines/{line}": _NETWORK,
    "/api/v1/objects/parameters": "the same walk as 'production', over production runs; tests/api/test_objects.py",
    "/api/v1/requests": "requests of the caller's own organisation; tests/api/test_requests.py",
    "/api/v1/requests/{id}": "requests of the caller's own organisation; tests/api/test_requests.py",
    "/api/v1/notifications/preferences": _OF_THE_CALLER,
    "/api/v1/uploads/{id}": "an upload of the caller's own; tests/api/test_tus.py",
    "/api/v1/me": _OF_THE_CALLER,
    "/api/v1/session": _SIGN_IN,
    "/api/v1/sessions": _SIGN_IN,
    "/api/v1/signin": _SIGN_IN,
    "/signin/{name}": _SIGN_IN,
    "/signin/{name}/callback": _SIGN_IN,
    "/api/v1/tokens": _OF_THE_CALLER,
    "/api/v1/service-accounts/{service}/tokens": _HOUSE,
    "/api/v1/blocks": _HOUSE,
    "/api/v1/sharing-templates": _HOUSE,
    "/api/v1/proposals": _HOUSE,
    "/api/v1/transfers": _HOUSE,
    "/api/v1/accesses": _HOUSE,
    "/api/v1/audit": "the auditor reads events, not data; tests/api/test_audits.py",
    "/api/v1/directory": _NETWORK,
    "/api/v1/organisations": _NETWORK,
    "/api/v1/organisations/{organisation}": _NETWORK,
    "/api/v1/organisations/{organisation}/history": _NETWORK,
    "/api/v1/organisations/{organisation}/holdings": "counts for the house itself and for the office when it leaves",
    "/api/v1/lines": _NETWORK,
    "/api/v1/lines/{line}": _NETWORK,
    "/api/v1/lines/{line}/assessments": _NETWORK,
    "/api/v1/groups": _NETWORK,
    "/api/v1/people": _NETWORK,
    "/api/v1/invitations": _NETWORK,
    "/api/v1/registrations": _NETWORK,
    "/api/v1/rounds": _ROUNDS,
    "/api/v1/rounds/{round}": _ROUNDS,
    "/api/v1/rounds/{round}/history": _ROUNDS,
    "/api/v1/rounds/{round}/lines": _ROUNDS,
    "/api/v1/rounds/{round}/lines/{line}/cells": _ROUNDS,
    "/api/v1/rounds/{round}/codes": _ROUNDS,
    "/api/v1/rounds/{round}/results": _ROUND_RESULTS,
    "/api/v1/rounds/{round}/results/{table}/{form}": _ROUND_RESULTS,
    "/api/v1/rounds/{round}/summary": _ROUND_RESULTS,
    "/api/v1/rounds/{round}/exclusions": _ROUND_RESULTS,
    "/api/v1/rounds/{round}/lines/{line}/results": _ROUND_RESULTS,
    "/api/v1/rounds/{round}/submissions": _OWN_SUBMISSIONS,
    "/api/v1/rounds/{round}/submissions/{id}": _OWN_SUBMISSIONS,
    "/api/v1/rounds/{round}/status": "codes, no dataset; tests/api/test_round_sealed.py",
    "/api/v1/rounds/{round}/report": _REPORTS,
    "/api/v1/rounds/{round}/report/{edition}/{name}": _REPORTS,
    "/api/v1/rounds/{round}/lines/{line}/report": _REPORTS,
    "/api/v1/rounds/{round}/lines/{line}/report/{edition}/{name}": _REPORTS,
    "/api/v1/rounds/{round}/summary/files": _REPORTS,
    "/api/v1/rounds/{round}/summary/files/{edition}/{name}": _REPORTS,
    "/api/v1/rounds/{round}/comments": _REPORTS,
    "/rounds/{round}/report": _REPORTS,
    "/rounds/{round}/report/as/{form}": _REPORTS,
    "/rounds/{round}/report/{version}": _REPORTS,
    "/rounds/{round}/report/{version}/as/{form}": _REPORTS,
    "/api/v1/rounds/{round}/dois": _REPORTS,
    "/api/v1/rounds/{round}/checks": _CELLS,
    "/api/v1/rounds/{round}/custody": _CELLS,
    "/api/v1/rounds/{round}/lines/{line}/custody": _CELLS,
    "/api/v1/rounds/{round}/unblindings": _UNBLINDINGS,
    "/api/v1/rounds/{round}/unblindings/{id}": _UNBLINDINGS,
    "/api/v1/agreements": _AGREEMENTS,
    "/api/v1/agreements/{agreement}": _AGREEMENTS,
    "/api/v1/agreements/{agreement}/versions/{number}": _AGREEMENTS,
    "/api/v1/agreements/{agreement}/register": _AGREEMENTS,
    "/api/v1/agreements/{agreement}/acceptances": _AGREEMENTS,
    "/api/v1/agreements/{agreement}/duties": _AGREEMENTS,
}
"""GET routes that are no exits of a dataset, each with the reason."""
