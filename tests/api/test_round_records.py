"""A published summary as a record that is cited: in versions that stay, in formats of others, with a DOI if asked."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from datacite import schema45
from pydantic import SecretStr
from rdflib import Graph, URIRef

from exchange.fair.rdf import DCAT
from exchange.rounds import report_doi
from exchange.services import Services
from schemas.round.round import RoundState
from storage import reports
from storage.reports import StoredFile
from tests.closed_rounds import CODES, ClosedRound, closed_round, planted, q
from tests.datacite_server import DataciteServer, datacite_server
from tests.desk import Desk, desk

PREFIX = "10.5072"
BASE = "http://127.0.0.1:8000/rounds/rr-2026/report"


@pytest.fixture
def outside() -> Iterator[DataciteServer]:
    with datacite_server() as server:
        yield server


@pytest.fixture
def at(services: Services, outside: DataciteServer) -> Iterator[Desk]:
    changes = {"doi_prefix": PREFIX, "datacite_url": outside.url, "datacite_repository": outside.repository}
    changes |= {"datacite_password": SecretStr(outside.password)}
    with desk(replace(services, settings=services.settings.model_copy(update=changes))) as opened:
        yield opened


def published(at: Desk, edition: str = "1-published", of: ClosedRound | None = None) -> ClosedRound:
    """A round whose summary is there in this edition: entered, as making its files is another test's."""
    of = of or closed_round(at.services, q(planted(6, cells=2)))
    if edition.startswith("1-"):
        at.done("ran", "POST", f"/rounds/{of.id}/evaluation")
    number, stage = edition.split("-")
    facts = {"round": of.id, "evaluation": int(number), "stage": stage, "product": "summary", "line": None}
    of_file = {"key": f"reports/{edition}", "sha256": number * 64, "bytes": 700, "made_at": at.clock.at}
    with at.services.sessions.begin() as session:
        for name, media_type in (("summary.csv", "text/csv"), ("summary.pdf", "application/pdf")):
            one = {"id": at.services.new_id(), "name": name, "media_type": media_type} | facts | of_file
            reports.keep(session, [StoredFile(**one)])  # type: ignore[arg-type]  # columns as they are
    of.enter(RoundState.PUBLISHED if stage == "published" else RoundState.CORRECTED)
    return of


def test_a_published_summary_is_a_record_with_versions_that_stay(at: Desk) -> None:
    of = published(at)
    page, first = at.client.get("/rounds/rr-2026/report"), at.client.get("/rounds/rr-2026/report/1")
    for one, cited in ((page, BASE), (first, f"{BASE}/1")):
        assert one.status_code == 200 and f'<{cited}>; rel="cite-as"' in one.headers["link"]
        assert "1-published/summary.csv" in one.text and "1" * 64 in one.text
        assert "Lines: 6. KPIs: Discharge capacity at C/10 in mA.h/g." in one.text
    said = at.client.get("/rounds/rr-2026/report/1/as/datacite.json").json()
    assert schema45.validator.is_valid(said), list(schema45.validator.iter_errors(said))
    assert said["creators"] == [{"name": "The Office", "nameType": "Organizational"}] and said["version"] == "1"
    assert said["types"]["resourceTypeGeneral"] == "Dataset" and said["sizes"] == ["2 files", "1400 bytes"]

    # Corrected: a new version with its relation; the old one stays, and says nothing of what it said.
    at.clock.wait(days=30)
    published(at, "2-corrected", of)
    old = at.client.get("/rounds/rr-2026/report/1")
    assert old.status_code == 200 and "This version is superseded" in old.text and BASE in old.text
    assert "summary.csv" not in old.text and "1" * 64 not in old.text and "Lines: 6" not in old.text
    assert "2-corrected/summary.csv" in at.client.get("/rounds/rr-2026/report").text
    listed = at.done("", "GET", "/rounds/rr-2026/summary/files")["files"]
    assert {(one["edition"], one["sha256"], one["bytes"]) for one in listed} == {
        ("2-corrected", "2" * 64, 700),
        ("1-published", "", 0),
    }

    def related(version: str) -> set[tuple[str, str]]:
        found = at.client.get(f"/rounds/rr-2026/report{version}/as/datacite.json").json()["relatedIdentifiers"]
        return {
            (one["relationType"], one["relatedIdentifier"]) for one in found if "Metadata" not in one["relationType"]
        }

    assert related("/1") == {("IsVersionOf", BASE), ("IsPreviousVersionOf", f"{BASE}/2")}
    assert related("/2") == {("IsVersionOf", BASE), ("IsNewVersionOf", f"{BASE}/1")}
    assert related("") == {("HasVersion", f"{BASE}/1"), ("HasVersion", f"{BASE}/2")}
    graph = Graph().parse(data=at.client.get("/rounds/rr-2026/report/2/as/dcat.ttl").text, format="turtle")
    assert (URIRef(f"{BASE}/2"), DCAT.previousVersion, URIRef(f"{BASE}/1")) in graph
    assert len(list(graph.subjects(None, DCAT.Distribution))) == 2
    kinds = {}
    for form in ("json", "datacite.json", "datacite.xml", "dcat.ttl", "dcat.jsonld", "citation.txt", "citation.bib"):
        for version in ("", "/1", "/2"):
            answer = at.client.get(f"/rounds/rr-2026/report{version}/as/{form}")
            assert answer.status_code == 200, (form, version)
            kinds[form] = answer.headers["content-type"]
            # Nothing of any line stands in what is public.
            assert not [code for code in CODES[:6] if f'"{code}"' in answer.text or f">{code}<" in answer.text]
            assert "line-" not in answer.text and "Institute" not in answer.text
    ElementTree.fromstring(at.client.get("/rounds/rr-2026/report/2/as/datacite.xml").text)
    assert "(Version 2) [Data set]. The Office." in at.client.get("/rounds/rr-2026/report/2/as/citation.txt").text
    for missing in ("/3", "/as/nix", "/1/as/nix"):
        assert at.client.get(f"/rounds/rr-2026/report{missing}").status_code == 404


def test_before_publication_and_with_few_lines_there_is_no_record(at: Desk) -> None:
    closed_round(at.services, q(planted(6, cells=2)))
    few = closed_round(at.services, q(planted(4, cells=2)), id="rr-few")
    few.enter(RoundState.PUBLISHED)
    for path in ("rr-2026/report", "rr-2026/report/1", "rr-2026/report/as/json", "rr-few/report", "rr-few/report/1"):
        assert at.client.get(f"/rounds/{path}").status_code == 403, path
    refused = at.ask("ran", "POST", "/rounds/rr-2026/dois", {"version": 1})
    assert refused.status_code == 409 and "once it is published" in refused.json()["detail"]


def test_the_office_registers_a_doi_and_a_correction_tells_the_registry(at: Desk, outside: DataciteServer) -> None:
    of = published(at)
    for who in ("counts", "line-1"):
        refused = at.ask(who, "POST", "/rounds/rr-2026/dois", {"version": 1})
        assert refused.status_code == 403 and "for the network's office alone" in refused.json()["detail"]
        assert at.ask(who, "GET", "/rounds/rr-2026/dois").status_code == 403
    assert at.ask("ran", "POST", "/rounds/rr-2026/dois", {"version": 2}).status_code == 404

    # What fails on the way is gone on with; the draft is shown to nobody.
    outside.fail[:] = [503]
    assert at.ask("ran", "POST", "/rounds/rr-2026/dois", {"version": 1}).status_code == 503
    [draft] = at.done("ran", "GET", "/rounds/rr-2026/dois")
    assert draft["state"] == "draft" and "10.5072" not in at.client.get("/rounds/rr-2026/report/1").text
    for version, doi, url in ((1, f"{PREFIX}/round-rr-2026.v1", f"{BASE}/1"), (None, f"{PREFIX}/round-rr-2026", BASE)):
        made = at.done("ran", "POST", "/rounds/rr-2026/dois", {"version": version})
        assert (made["doi"], made["state"], made["url"]) == (doi, "findable", url)
        assert outside.states[-3:] == ["draft", "registered", "findable"] and outside.dois[doi]["url"] == url
    assert (
        f'<https://doi.org/{PREFIX}/round-rr-2026.v1>; rel="cite-as"'
        in at.client.get("/rounds/rr-2026/report/1").headers["link"]
    )

    at.clock.wait(days=30)
    published(at, "2-corrected", of)
    assert report_doi.sync(at.services) == (2, [])
    sent = outside.dois[f"{PREFIX}/round-rr-2026.v1"]
    relations = [one["relationType"] for one in sent["relatedIdentifiers"]]
    assert "IsPreviousVersionOf" in relations and sent["state"] == "findable" and sent["sizes"] == []
