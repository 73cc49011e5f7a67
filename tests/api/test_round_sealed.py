"""Until a round is published nobody learns what another line has handed in: every door, as everybody, before and after.

The same requests are sent before and after a hand-in: their answers are the same, but for the status under codes.
With `EXCHANGE_TEST_BOTH=1` everybody asks every door; else one participant does, and the others those of no
single dataset.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import httpx
import pytest

from exchange.identify import issue_token
from schemas.metadata import Metadata
from schemas.organisation import NetworkRole
from storage import people
from tests.access.crawl import _bare
from tests.api.test_every_route import ABOUT_THE_CALLER, PUBLIC, _bodies, doors
from tests.built import built
from tests.desk import Desk
from tests.handed_in import described
from tests.received import bdf_csv
from tests.rounds import COORDINATOR, CUSTODIAN, STATISTICIAN, Opened, opened_round
from tests.worlds import ALL, MEMBERS

CONTENT = bdf_csv(1500, salt=11)
CALLERS = ("west", COORDINATOR, STATISTICIAN, CUSTODIAN, "")
"""Another line's steward, who coordinates, the statistician (a partner), custodian and office in one, the world."""
EVERYBODY = bool(os.environ.get("EXCHANGE_TEST_BOTH"))
OF_THE_CALLER = ABOUT_THE_CALLER - {("GET", "/api/v1/collections")}
TELLS_NOTHING = re.compile(
    r"^/(docs|rules|metadata|glossary|vocabularies|signin|api/v1/(rules|vocabular|schemas|templates))"
)
NAMES_CELLS = "/lines/north-1/cells"
"""The custodian ships the cells and knows their names."""
SAYS_STATUS = "/status"


@dataclass(frozen=True)
class Secret:
    """What north hands in: two datasets, a draft and one that all could read; and every word that gives it away."""

    round: Opened
    draft: str
    released: str
    file: str

    def asked(self, at: Desk, caller: str) -> Iterator[tuple[str, dict[str, object]]]:
        """Every address that is read from, with the secret's own ids in it, and searches."""
        names = {"dataset": self.draft, "round": self.round.id, "collection": self.round.id, "file": self.file}
        names |= {"organisation": "north", "line": "north-1", "code": self.round.codes["north-1"], "form": "csv"}
        names |= {"table": "timeseries", "build": "1", "number": "1", "name": "timeseries.csv", "id": "0" * 26}
        for method, path in doors(at.services):
            if method != "GET" or (method, path) in PUBLIC | OF_THE_CALLER or TELLS_NOTHING.match(path):
                continue
            if "{dataset}" in path and caller != "west" and not EVERYBODY:
                continue
            address = re.sub(r"{(\w+)(:path)?}", lambda match: names.get(match[1], "CEL-0000-0000"), path)
            yield address, dict(_bodies(self.draft).get((method, path), {}))
        for word in ("Secrettitle", "north-c1", self.draft):
            yield "/api/v1/datasets", {"params": {"text": word}}
        for params in ({"owner": "north"}, {"kind": "round-robin-test"}, {"state": "draft"}):
            yield "/api/v1/datasets", {"params": params}
        for name in ("tests", "parameters"):
            about = {"kind": "cell", "name": self.round.cells["north-1"][0], "owner": "north"}
            yield f"/api/v1/objects/{name}", {"params": about}
        yield "/api/v1/comparison", {"params": {"dataset": [self.draft, self.released]}}


@pytest.fixture
def secret(at: Desk) -> Secret:
    round = opened_round(at, members=MEMBERS)
    drafted, shown = (
        built(
            at.services,
            "north",
            content,
            "Secretfile.csv",
            Metadata.model_validate(
                described("north", cell=cell, title="Secrettitle", **{"test.instrument.serial": "Secret7"})
            ),
            None,
        )
        for content, cell in zip((CONTENT, bdf_csv(1500, salt=12)), round.cells["north-1"], strict=True)
    )
    at.done("north", "POST", f"/datasets/{shown}/release", {"visibility": "organisation", "template": "none"})
    at.done("north", "POST", f"/datasets/{shown}/grants", {"grantee_kind": "network", "level": "raw"})
    [version] = at.done("north", "GET", f"/datasets/{drafted}/versions")
    return Secret(round, drafted, shown, version["files"][0]["id"])


def test_nobody_learns_what_a_line_has_handed_in_and_no_record_ties_a_code_to_a_name(at: Desk, secret: Secret) -> None:
    # West holds the same bytes, and lists what it has to north on condition that north has given as much.
    copy = built(at.services, "west", CONTENT, "w.csv", Metadata.model_validate(described("west", cell="W-1")), None)
    at.done("west", "POST", f"/datasets/{copy}/release", {"visibility": "organisation", "template": "none"})
    reciprocity = {"type": "reciprocity", "collection": secret.round.id, "kind": "round-robin-test"}
    on_condition = {"grantee": "north", "level": "raw", "conditions": [reciprocity]}
    at.done("west", "POST", f"/datasets/{copy}/grants", on_condition)
    as_north = [f"/api/v1/datasets/{copy}{path}" for path in ("/access/as/north", "/access/who", "/grants", "")]
    as_north.append("/api/v1/accesses?outside=true")

    def answers() -> dict[str, httpx.Response]:
        found = {}
        for caller in CALLERS:
            token = issue_token(at.services, caller, "crawl", ALL) if caller else ""
            headers = {"Authorization": f"Bearer {token}"} if caller else {}
            asked = [*secret.asked(at, caller), *((path, {}) for path in as_north if caller == "west")]
            for path, more in asked:
                name = f"{caller or 'the world'}: {path} {more}"
                found[name] = at.client.request("GET", path, headers=headers, **more)  # type: ignore[arg-type]  # httpx's
        return found

    before = answers()
    receipts = [
        at.done("north", "POST", f"{secret.round.path}/submissions", {"line": "north-1", "cell": cell, "dataset": id})
        for id, cell in zip((secret.draft, secret.released), secret.round.cells["north-1"], strict=True)
    ]
    assert all(one["sealed"] and one["state"] == "accepted" for one in receipts)
    [kept, other] = at.done("north", "GET", f"{secret.round.path}/submissions")["submissions"]
    assert kept["kpis"][0]["rows"]
    after = answers()

    words = {secret.draft, secret.released, "Secret", other["sha256"][0], kept["id"], secret.file}
    words |= {*secret.round.cells["north-1"], repr(kept["kpis"][0]["value"])}
    changed = []
    for name, answer in after.items():
        asked = f"{answer.request.url} {name}"
        body = answer.text
        for word in (one for one in words if one in body):
            custodian = name.startswith(CUSTODIAN) and NAMES_CELLS in name and word in secret.round.cells["north-1"]
            assert custodian or (word in asked and not answer.is_success), f"{name}: {word} in {body[:400]}"
        # Who looked names west itself more often, as it has looked meanwhile.
        if _bare(answer) != _bare(before[name]) and name != "west: /api/v1/accesses {}":
            changed.append(name)
    runs = (COORDINATOR, STATISTICIAN)
    told = [one for one in changed if SAYS_STATUS in one and one.startswith(runs)]
    assert [one.split(":")[0] for one in told] == list(runs)
    # What all could read before is gone, from the list, from the search and from a comparison.
    gone = {name for name in set(changed) - set(told) if secret.released in before[name].text}
    assert set(changed) - set(told) == gone, sorted(set(changed) - set(told) - gone)
    _tied_to_no_name(at, secret)
    _in_the_order_of_codes(at, secret)


def _tied_to_no_name(at: Desk, secret: Secret) -> None:
    code, path = secret.round.codes["north-1"], secret.round.path
    at.done(COORDINATOR, "POST", f"{path}/decisions", {"code": code, "cell": 1, "accepted": True, "reason": "Fine"})
    with at.services.sessions.begin() as session:
        people.give_network_role(session, "south", NetworkRole.AUDITOR, at.services.now())
    for action in ("round:hand in", "round:accept or reject submissions", "round:status"):
        audit = at.done("south", "GET", f"/audit?action={quote(action)}&limit=200")
        assert audit["items"] and not re.search(rf"\b{code}\b", json.dumps(audit))
    history = json.dumps(at.done(COORDINATOR, "GET", f"{path}/history"))
    assert not re.search(rf"\b{code}\b", history) and secret.draft not in history
    # The line sees that nobody but its own people touched what it handed in.
    looked = at.done("north", "GET", f"/datasets/{secret.draft}/accesses?limit=200")["items"]
    assert "north" in {one["organisation"] for one in looked if one["allowed"]}
    assert not {one["organisation"] for one in looked if one["allowed"]} - {"north"}


def _in_the_order_of_codes(at: Desk, secret: Secret) -> None:
    matrix = at.done(STATISTICIAN, "GET", f"{secret.round.path}/status")
    codes = [one["code"] for one in matrix["lines"]]
    assert codes == sorted(secret.round.codes.values())
    for line in matrix["lines"]:
        assert set(line) == {"code", "closes_at", "cells"} and [one["number"] for one in line["cells"]] == [1, 2]
        mine = line["code"] == secret.round.codes["north-1"]
        assert {one["status"] for one in line["cells"]} == {"accepted" if mine else "missing"}
        for one in line["cells"]:
            assert set(one) == {"number", "status", "versions", "late", "checks_passed", "failed_rules"}
    for user in ("north", "west", CUSTODIAN):
        assert at.ask(user, "GET", f"{secret.round.path}/status").status_code == 403
    assert at.ask("", "GET", f"{secret.round.path}/status").status_code == 401
