"""A world in which each case of the table is made in turn, and the doors of the application are asked."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi.testclient import TestClient
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from exchange import visibility
from exchange.identify import issue_token
from exchange.services import Services
from schemas.access import GranteeKind, Level, TokenScope, View
from schemas.conditions import kept, terms_id
from schemas.dataset import Visibility
from schemas.instructions import CurrentSign, Instructions
from schemas.metadata import DatasetKind, Metadata
from schemas.organisation import Group, NetworkRole, Organisation, OrganisationState, Role, Standing, User
from schemas.registered import ObjectRecord, RegisteredKind
from storage import catalogue, intake, people, registry
from storage.intake import HeldFile
from storage.objects import raw_key
from storage.tables import (
    AcceptanceRow,
    AgreementRow,
    AgreementVersionRow,
    BlockRow,
    CodeRow,
    CollectedRow,
    CollectionRow,
    DatasetRow,
    DerivationRow,
    GrantRow,
    NotificationRow,
    OrganisationRow,
    RightsHolderRow,
    SealPartyRow,
    SealRow,
    TermsRow,
)
from tests.access.truth import pure, rule
from tests.access.truth.cases import CALLERS, Case
from tests.access.truth.doors import Door
from tests.apps import create_app
from tests.built import built
from tests.production import run, workbook
from tests.records import metadata

CELL = "C-1"
OBJECT = "CEL-7Q4K-M2XP"
RAW_NAME = "cell.csv"
CONTENT = "test_time_second,voltage_volt,current_ampere\n" + "".join(
    f"{half * 3600 + minute * 60},{3 + minute / 60 if half % 2 == 0 else 4 - minute / 60:.4f},{1 - half % 2 * 2}\n"
    for half in range(4)
    for minute in range(60)
)
RECORD = metadata(
    title="Secretword of the line",
    kind=DatasetKind.CELL_TEST,
    line="North 1",
    cell={"id": CELL, "object": OBJECT},
    nominal_capacity_ah=1.0,
    reading=Instructions(current_sign=CurrentSign.CHARGE_POSITIVE),
    time_zone="UTC",
    licence="CC-BY-4.0",
)


@dataclass
class Made:
    """The dataset of the table, the one that it was made from, and by whom it is asked for."""

    services: Services
    client: TestClient
    now: datetime
    dataset: str
    source: str
    file: str
    tokens: dict[str, str]
    organisations: dict[str, str]
    hashes: dict[str, str]

    def put(self, case: Case) -> None:
        """Make the case: its rows in place of those of the case before."""
        with self.services.sessions.begin() as session:
            self._clear(session)
            session.flush()
            self._shut(session, case)
            self._give(session, case)
            visibility.refresh(session, [self.source, self.dataset])

    def ask(self, door: Door, case: Case) -> httpx.Response:
        """Send the door's request as the caller of the case."""
        headers = {} if case.caller == "nobody" else {"Authorization": f"Bearer {self.tokens[case.caller]}"}
        if case.purpose != "none":
            headers["Purpose"] = case.purpose
        params = {name: str(value).replace("{dataset}", self.dataset) for name, value in door.params.items()}
        places = {
            "dataset": self.dataset + params.pop("pin", ""),
            "table": "cycles" if door.path.endswith("link") else "timeseries",
            "build": "1",
            "number": "1",
            "file": self.file,
            "collection": "rr",
            "code": "QX",
            "organisation": "south",
            "object": OBJECT,
        }
        for name in ("form", "name"):
            if f"{{{name}}}" in door.path:
                places[name] = params.pop(name)
        path = re.sub(r"{(\w+)}", lambda match: places[match[1]], door.path)
        return self.client.request(door.method, path, params=params, headers=headers, json=door.body)

    def told(self, name: str, door: Door, case: Case) -> tuple[str, str]:
        """What the door answered as a word of the table, and what is wrong with what it gave."""
        answer = self.ask(door, case)
        word = self._word(door, answer)
        return word, _wrong(self, name, case, answer) if word == "given" else ""

    def _word(self, door: Door, answer: httpx.Response) -> str:
        if answer.status_code in (401, 403):
            return {401: "not signed in", 403: "refused"}[answer.status_code]
        if answer.status_code == 404 and "that you may see" in answer.json()["detail"]:
            return "hidden"
        if answer.status_code not in (200, 201, 307):
            return f"status {answer.status_code}: {answer.text}"
        if door.lists:
            return "given" if self.dataset in answer.text else "hidden"
        return "given"

    def _clear(self, session: Session) -> None:
        session.execute(delete(GrantRow).where(GrantRow.dataset == self.dataset))
        for row in (BlockRow, SealPartyRow, SealRow, RightsHolderRow):
            session.execute(delete(row))
        session.execute(update(OrganisationRow).where(OrganisationRow.id == "north").values(state="admitted"))
        owing = (AcceptanceRow.organisation == "north", AcceptanceRow.agreement == "taking-part")
        session.execute(update(AcceptanceRow).where(*owing).values(ended_at=None))

    def _shut(self, session: Session, case: Case) -> None:
        who, now, on = CALLERS[case.caller], self.now, self.dataset if case.at == "itself" else self.source
        organisation = self.organisations[case.caller]
        if who.house == "own":
            session.get_one(OrganisationRow, "north").state = who.state
            if who.owes:
                owing = (AcceptanceRow.organisation == "north", AcceptanceRow.agreement == "taking-part")
                session.execute(update(AcceptanceRow).where(*owing).values(ended_at=now))
        end = pure.embargo(case.embargo, now)[0]
        for id in (self.dataset, self.source):
            session.get_one(DatasetRow, id).embargo_until = end if id == on else None
        row = session.get_one(DatasetRow, self.dataset)
        row.state, row.visibility = case.state, case.shown
        blocked = {
            "block on the organisation": (GranteeKind.ORGANISATION, organisation or "west"),
            "ended block": (GranteeKind.ORGANISATION, organisation or "west"),
            "block on the person": (GranteeKind.USER, user(case.caller)),
            "block on another": (GranteeKind.ORGANISATION, "south"),
        }.get(case.shut)
        if blocked is not None:
            ended = now if case.shut == "ended block" else None
            made = {"created_at": now, "created_by": "own-steward", "ended_at": ended}
            kind, id = blocked
            session.add(BlockRow(id="b", owner="north", dataset=on, blocked_kind=kind, blocked=id, **made))
        if "seal" in case.shut:
            opened = now if case.shut == "opened seal" else None
            seal = {"round": "rr", "submitter": "north", "sealed_at": now, "opened_at": opened}
            session.add(SealRow(id="s", sha256=self.hashes[on], cell=None, **seal))
            session.flush()
            parties = {"north"} | ({organisation or "west"} if "party" in case.shut else set())
            session.add_all(SealPartyRow(seal="s", organisation=one) for one in parties)
        if "third party" in case.shut:
            given = {"consent": "by letter", "consented_at": now} if "consented" in case.shut else {"consent": ""}
            about = {"organisation": "X", "basis": "Y", "created_at": now, "created_by": "own-steward"}
            session.add(RightsHolderRow(id="h", dataset=on, **about, **given))

    def _give(self, session: Session, case: Case) -> None:
        if case.level != "none":
            glass = "emergency" in case.to
            view, condition = ("full", "none") if glass else (case.view, case.condition)
            embargoed = "none" if glass else case.embargo
            one = {"ticked": case.ticked == "yes" and not glass, "when": case.when, "condition": condition}
            self._grant(session, "g1", case.caller, case.to, case.level, view, embargoed, glass=glass, **one)
        extra = pure.EXTRA[case.besides]
        if extra is not None:
            to, level, view = extra
            self._grant(session, "g2", case.caller, to, level, view, case.embargo)

    def _grant(
        self,
        session: Session,
        id: str,
        caller: str,
        to: str,
        level: str,
        view: str,
        embargoed: str,
        ticked: bool = False,
        when: str = "in force",
        condition: str = "none",
        glass: bool = False,
    ) -> None:
        kind, named = self._grantee(caller, to)
        session.add(
            GrantRow(
                id=id,
                dataset=self.dataset,
                grantee_kind=kind,
                grantee=named,
                level=int(Level[level.upper()]),
                view=View(view),
                columns=list(pure.COLUMNS) if view == "columns" else [],
                collection="rr" if view == "blinded" else "",
                code="QX" if view == "blinded" else "",
                confidential=ticked,
                break_glass=glass,
                terms_id=_terms(session, condition),
                created_by="own-steward",
                **pure.moments(when, self.now),
                **pure.embargo(embargoed, self.now)[1],
            )
        )
        session.flush()

    def _grantee(self, caller: str, to: str) -> tuple[GranteeKind, str]:
        organisation, person = self.organisations[caller] or "west", user(caller)
        return {
            "organisation": (GranteeKind.ORGANISATION, organisation),
            "group": (GranteeKind.GROUP, "eg5"),
            "person's group": (GranteeKind.GROUP, "people"),
            "person": (GranteeKind.USER, person),
            "network": (GranteeKind.NETWORK, ""),
            "everybody": (GranteeKind.EVERYBODY, ""),
            "another organisation": (GranteeKind.ORGANISATION, "south"),
            "another person": (GranteeKind.USER, "south-viewer"),
            "emergency": (GranteeKind.USER, person),
            "another's emergency": (GranteeKind.USER, "south-viewer"),
        }[to]


def user(caller: str) -> str:
    """The id of a caller's account."""
    return re.sub(r"[^a-z]+", "-", caller if caller != "nobody" else "viewer")[:32].strip("-")


@contextmanager
def made(services: Services, folder: Path) -> Iterator[Made]:
    """Enter everything that stays the same from case to case."""
    now = services.now()
    still = replace(services, now=lambda: now)
    organisations = _network(still, now)
    tokens = {
        name: issue_token(
            still, user(name), "table", frozenset(TokenScope) - ({TokenScope.READ} if not who.reads else set())
        )
        for name, who in CALLERS.items()
        if name != "nobody"
    }
    source = built(
        still,
        "north",
        (CONTENT + "14400,3.5,0\n").encode(),
        "source.csv",
        RECORD.model_copy(update={"cell": RECORD.cell and RECORD.cell.model_copy(update={"id": None, "object": None})}),
    )
    dataset = built(still, "north", CONTENT.encode(), RAW_NAME, RECORD)
    production = built(
        still,
        "north",
        workbook(folder / "run.xlsx", run()).read_bytes(),
        "run.xlsx",
        Metadata(title="Run 7", kind=DatasetKind.PRODUCTION_RUN, time_zone="Europe/Berlin"),
    )
    with still.sessions.begin() as session:
        cell = (OBJECT, "Other name of the cell", ObjectRecord())
        registry.add(session, "north", RegisteredKind.CELL, [cell], "north", now)
        file = catalogue.versions(session, dataset)[0].files[0].id
        _second_version(still, session, dataset)
        session.get_one(DatasetRow, dataset).public_title = "Neutral"
        session.add(DerivationRow(dataset=dataset, source=source, declared_at=now))
        _open_to_everybody(session, production, now)
        session.add(CodeRow(collection="rr", code="QX", dataset=dataset, made_at=now))
        for at, person in enumerate({user(name) for name in CALLERS}):
            facts = {"level": "tables", "grantee": "somebody", "until": "soon"}
            told = {"kind": "grant-ending", "dataset": dataset, "facts": facts, "created_at": now}
            of = people.user(session, person).organisation
            session.add(NotificationRow(id=f"n{at:025}", user=person, organisation=of, **told))
        visibility.refresh(session, [dataset, source, production])
    hashes = {dataset: _sha256(CONTENT), source: _sha256(CONTENT + "14400,3.5,0\n")}
    with TestClient(create_app(still), raise_server_exceptions=False) as client:
        yield Made(still, client, now, dataset, source, file, tokens, organisations, hashes)


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _network(services: Services, now: datetime) -> dict[str, str]:
    """Enter organisations, people, groups, agreements and what each has given; returns each caller's organisation."""
    states = {name: who for name, who in CALLERS.items() if who.house == "other"}
    organisations = {"nobody": ""} | {name: "north" for name, who in CALLERS.items() if who.house == "own"}
    organisations |= {name: "owing" if who.owes else "west" for name, who in states.items()}
    organisations |= {name: who.state for name, who in states.items() if who.state != "admitted"}
    organisations |= {"office": "office"}
    with services.sessions.begin() as session:
        every = sorted({*organisations.values(), "south"} - {""})
        for id in every:
            one = Organisation(id=id, name=id.title(), standing=Standing.MEMBER)
            if id in tuple(OrganisationState):
                one = one.model_copy(update={"state": OrganisationState(id)})
            people.add_organisation(session, one, now)
        # `built` names the organisation itself as the person who uploads.
        people.add_user(session, User(id="north", organisation="north", name="Uploads"), {Role.STEWARD}, now)
        people.add_user(session, User(id="south-viewer", organisation="south", name="South"), {Role.VIEWER}, now)
        for name, who in CALLERS.items():
            if who.house != "nobody":
                one_ = User(
                    id=user(name), organisation=organisations[name], name=name, service=name == "service account"
                )
                people.add_user(session, one_, {Role(who.role)}, now)
            if who.office:
                people.give_network_role(session, user(name), NetworkRole(who.office), now)
        people.add_group(session, Group(id="eg5", name="EG5", organisations=tuple(set(every) - {"south"})))
        persons = tuple(user(name) for name, who in CALLERS.items() if who.house != "nobody")
        people.add_group(session, Group(id="people", name="People", users=persons))
        _agreements(session, every, now)
        session.add(CollectionRow(id="rr", name="Round"))
        session.flush()
        for id in every:
            given = services.new_dataset_id()
            by = (
                "north"
                if id == "north"
                else next(user(name) for name, of in (organisations | {"south viewer": "south"}).items() if of == id)
            )
            catalogue.create(session, given, id, by, Metadata(title="Given", kind=DatasetKind.CELL_TEST), now)
            catalogue.release(session, given, 1, Visibility.ORGANISATION, now)
            session.add(CollectedRow(collection="rr", dataset=given, added_at=now))
    return organisations


def _agreements(session: Session, organisations: list[str], now: datetime) -> None:
    """`accepted`, `refused`, `retired`, `outdated`, and `taking-part`, which all need and one organisation owes."""
    before = now - 100 * pure.HOUR
    for id in ("accepted", "refused", "retired", "outdated", "taking-part"):
        more = {
            "retired_at": now if id == "retired" else None,
            "required_from": before if id == "taking-part" else None,
        }
        kind = {"kind": "data-exchange-internal", "title": id, "on_new_version": "suspend", "created_at": before}
        session.add(AgreementRow(id=id, grace_days=0, **kind, **more))
        session.flush()
        for number in (1, 2) if id == "outdated" else (1,):
            text = {"text": "x", "sha256": "0" * 64, "fields": {}, "published_by": "north"}
            session.add(AgreementVersionRow(agreement=id, number=number, published_at=before, **text))
        session.flush()
        for one in organisations:
            if id == "refused" or (id == "taking-part" and one == "owing"):
                continue
            given = {"accepted_by": "north", "accepted_at": before, "evidence": {}}
            session.add(AcceptanceRow(id=f"{id}-{one}", agreement=id, version=1, organisation=one, **given))
    session.flush()


def _second_version(services: Services, session: Session, dataset: str) -> None:
    """A version that is not released: nobody but the owner's readers may learn of it."""
    file, content = services.new_id(), (CONTENT + "99999,3.5,0\n").encode()
    services.objects.put(raw_key(file), content)
    one = HeldFile(file, raw_key(file), hashlib.sha256(content).hexdigest(), len(content))
    held = intake.hold(session, "north", one, services.now())
    intake.attach(session, dataset, held, "unreleased.csv", "north", services.now(), services.new_id)


def _open_to_everybody(session: Session, dataset: str, now: datetime) -> None:
    to = {"grantee_kind": GranteeKind.EVERYBODY, "grantee": "", "level": int(Level.TABLES), "view": View.FULL}
    session.add(GrantRow(id=f"open-{dataset}", dataset=dataset, created_at=now, created_by="own-steward", **to))
    session.flush()


def _terms(session: Session, condition: str) -> str:
    stored: list[dict[str, Any]] = [one.model_dump(mode="json") for one in pure.CONDITIONS[condition]]
    if condition == "unknown":
        stored = [{"type": "full moon"}]
    name = terms_id(kept(stored))
    if name and session.get(TermsRow, name) is None:
        session.add(TermsRow(id=name, conditions=stored))
        session.flush()
    return name


def _wrong(there: Made, name: str, case: Case, answer: httpx.Response) -> str:
    """What was given that should not have been, or the other way round; empty when all is as the rule says."""
    held = rule.permits(case)
    own = rule.of_the_house(case)
    best = max((level for level, view in held if view == "full"), key=rule.rank, default="none")
    if name in ("list", "detail", "search by the public title", "search by the title"):
        body = answer.json()
        entry = next(one for one in body["items"] if one["id"] == there.dataset) if "items" in body else body
        title = "Neutral" if rule.rank(best) < rule.rank("metadata") else RECORD.title
        if (entry["level"], entry["title"]) != (best, title):
            return f"level {entry['level']} and title {entry['title']!r}, not {best} and {title!r}"
    if name == "detail":
        return _wrong_record(case, answer.json())
    if name == "versions" and len(answer.json()) != (2 if own else 1):
        return f"{len(answer.json())} versions"
    if name == "builds" and len(answer.json()) != (2 if own else 1):
        return f"{len(answer.json())} builds"
    if name == "raw" and answer.text != CONTENT:
        return "other bytes than were uploaded"
    if "link" in name:
        url = answer.json()["url"]
        content = there.client.get(url[url.index("/blobs") :]).content
        if hashlib.sha256(content).hexdigest() != answer.json()["sha256"]:
            return "the link leads to other bytes than it says"
    if name in ("page, columns", "csv, columns"):
        named = set(answer.json()["columns"] if name.startswith("page") else answer.text.splitlines()[0].split(","))
        if not named <= {*pure.COLUMNS, "row"}:
            return f"columns {sorted(named)}"
    if name.startswith("coded") or name == "codes":
        told = [one for one in (there.dataset, "north", "North", RECORD.title, CELL, OBJECT) if str(one) in answer.text]
        if told:
            return f"tells {told}"
    return ""


def _wrong_record(case: Case, entry: dict[str, Any]) -> str:
    record = entry["metadata"]
    if not rule.opens(case, "metadata", "full"):
        return "the record is shown" if record is not None else ""
    whole = rule.confidential(case)
    shown = {
        "core": record["line"] is not None,
        "network": (record["cell"] or {}).get("id") is not None,
        "confidential": record["reading"]["current_sign"] is not None,
    }
    wanted = {"core": True, "network": whole or rule.in_network(case), "confidential": whole}
    return "" if shown == wanted else f"fields {shown}, not {wanted}"
