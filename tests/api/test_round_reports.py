"""The report of a round from draft to correction: who reads what, comments, seals, and files that stay."""

import csv
import hashlib
import io
import re
import zlib
from collections.abc import Iterator

import pyarrow.parquet as pq
import pytest

from exchange.rounds import editions, evaluate
from exchange.services import Services
from exchange.sharing import sealing
from schemas.round.round import RoundState
from schemas.sealing import NewSeal
from storage import evaluations, people, reports, seals
from tests.closed_rounds import CODES, ClosedRound, closed_round, planted, q
from tests.desk import Desk, Json, desk
from tests.worlds import ALL

APPEAL = {"line": "line-2", "text": "=Our cell 3 was <b>warm</b>.", "appeal": True}


@pytest.fixture
def at(services: Services) -> Iterator[Desk]:
    """Nobody is there but the people of the round."""
    with desk(services) as opened:
        yield opened


def evaluated(at: Desk, of: ClosedRound, correction: bool = False) -> None:
    with at.services.sessions.read() as session:
        who = people.acting(session, "counts", "network")
    assert who is not None
    evaluate.evaluate(at.services, who.model_copy(update={"scopes": ALL}), of.id, correction)


def drafted(at: Desk) -> ClosedRound:
    of = closed_round(at.services, q(planted(5, cells=3, seed=5)))
    with at.services.sessions.begin() as session:
        sealing.seal(
            at.services,
            session,
            NewSeal(round=of.id, cell="SN-line-1-1", submitter="line-1"),
        )
    evaluated(at, of)
    at.done("counts", "POST", f"/rounds/{of.id}/report")
    return of


def names(files: Json) -> dict[str, Json]:
    return {f"{one['edition']}/{one['name']}": one for one in files["files"]}


def content(at: Desk, user: str, path: str) -> bytes:
    answer = at.ask(user, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_report_goes_from_draft_over_comments_to_publication_and_correction(at: Desk) -> None:
    of = drafted(at)
    base = f"/rounds/{of.id}"
    assert at.ask("counts", "POST", f"{base}/report").status_code == 409
    who = ("", "keeps", "line-7", "line-2", "counts", "ran")

    def answers(path: str, method: str = "GET", body: object = None) -> list[int]:
        return [at.ask(user, method, f"{base}{path}", body).status_code for user in who]

    # Who reads what of the draft.
    assert answers("/report") == [401, 403, 403, 200, 200, 200]
    assert answers("/report/1-draft/report.html") == [401, 403, 403, 200, 200, 200]
    assert answers("/lines/line-2/report") == [401, 403, 403, 200, 403, 403]
    assert answers("/lines/line-2/report/1-draft/letter.pdf") == [401, 403, 403, 200, 403, 403]
    assert answers("/summary/files") == [403] * 6
    assert answers("/comments") == [401, 403, 403, 200, 200, 200]
    assert at.ask("line-2", "GET", f"{base}/report/1-draft/letter.pdf").status_code == 404
    assert at.ask("line-2", "GET", f"{base}/lines/line-3/report/1-draft/letter.pdf").status_code == 403
    mine = names(at.done("line-2", "GET", f"{base}/lines/line-2/report"))
    assert {one.split("/")[1] for one in mine} == {
        f"{name}.{form}" for name in ("letter", "sheet") for form in ("html", "pdf")
    }
    own = content(at, "line-2", f"{base}/lines/line-2/report/1-draft/letter.html").decode()
    assert f"code {CODES[1]}" in own and "SN-line-2-1" in own

    _files_say_their_hash_are_safe_to_open_and_tell_no_line_by_anything(at, of)
    _the_edition_is_made_again_byte_for_byte_from_what_is_kept_of_it(at, of)

    # Comments under codes; an appeal holds publication up.
    assert answers("/publication", "POST") == [401, 403, 403, 403, 403, 409]
    assert at.ask("line-7", "POST", f"{base}/comments", APPEAL).status_code == 403
    assert at.ask("line-3", "POST", f"{base}/comments", APPEAL).status_code == 403
    said = at.done("line-2", "POST", f"{base}/comments", APPEAL)
    assert at.done("line-3", "GET", f"{base}/comments") == [said] and said["code"] == CODES[1]
    told = at.done("ran", "GET", "/notifications")["items"]
    assert "round-commented" in {one["kind"] for one in told} and CODES[1] not in str(told)
    at.clock.wait(days=15)
    assert at.ask("line-2", "POST", f"{base}/comments", APPEAL).status_code == 409
    waiting = at.ask("ran", "POST", f"{base}/publication")
    assert waiting.status_code == 409 and "appeal is not answered" in waiting.json()["detail"]
    answer = {"text": "The record says 25 °C."}
    assert at.ask("line-2", "POST", f"{base}/comments/{said['id']}/answer", answer).status_code == 403
    at.done("counts", "POST", f"{base}/comments/{said['id']}/answer", answer)
    assert at.ask("counts", "POST", f"{base}/comments/{said['id']}/answer", answer).status_code == 409

    # Published: seals end, the world reads the summary, the draft stays.
    with at.services.sessions.read() as session:
        assert not seals.opened(session, of.id)
    assert at.done("ran", "POST", f"{base}/publication")["notice"]["state"] == "published"
    with at.services.sessions.read() as session:
        assert seals.opened(session, of.id)
    assert answers("/summary/files") == [200] * 6
    assert answers("/summary/files/1-published/summary.pdf") == [200] * 6
    published = names(at.done("line-3", "GET", f"{base}/report"))
    assert published["1-draft/report.pdf"]["superseded"] and not published["1-published/report.pdf"]["superseded"]
    shown = content(at, "line-2", f"{base}/lines/line-2/report/1-published/certificate.html").decode()
    assert "Hall line-2" in shown and CODES[1] not in shown
    text = content(at, "line-3", f"{base}/report/1-published/report.html").decode()
    assert "&lt;b&gt;warm" in text and "The record says 25 °C." in text
    page = at.client.get(f"/rounds/{of.id}/report")
    assert page.status_code == 200 and "1-published/summary.pdf" in page.text

    # Corrected: by a new evaluation only; the first stays addressable, and everybody is told why.
    why = {"reason": "Cells of one line had been exchanged."}
    assert at.ask("ran", "POST", f"{base}/corrections", why).status_code == 409
    before = content(at, "line-3", f"{base}/report/1-published/report.pdf")
    of.hand_in("line-4", 2, {"q-c10": 151.5})
    evaluated(at, of, correction=True)
    assert at.done("ran", "POST", f"{base}/corrections", why)["notice"]["state"] == "corrected"
    corrected = names(at.done("line-3", "GET", f"{base}/report"))
    assert corrected["1-published/report.pdf"]["superseded"] and not corrected["2-corrected/report.pdf"]["superseded"]
    assert content(at, "line-3", f"{base}/report/1-published/report.pdf") == before
    assert why["reason"] in content(at, "line-3", f"{base}/report/2-corrected/report.html").decode()
    told = at.done("line-5", "GET", "/notifications")["items"]
    assert {"round-reported", "round-published", "round-corrected"} <= {one["kind"] for one in told}
    # One set of statistics is public: with two, what counts in one alone could be computed.
    summaries = names(at.done("", "GET", f"{base}/summary/files"))
    assert summaries["1-published/summary.csv"]["superseded"]
    gone = at.ask("", "GET", f"{base}/summary/files/1-published/summary.csv")
    assert gone.status_code == 404 and "2-corrected" in gone.json()["detail"]
    assert content(at, "", f"{base}/summary/files/2-corrected/summary.csv")
    # Whoever read the summary from outside is told, too; nobody twice.
    for reader in ("line-7", "line-2", "counts", "keeps"):
        kinds = [one["kind"] for one in at.done(reader, "GET", "/notifications")["items"]]
        assert kinds.count("round-corrected") == 1, (reader, kinds)
    assert at.ask("ran", "POST", f"{base}/corrections", why).status_code == 409


def _files_say_their_hash_are_safe_to_open_and_tell_no_line_by_anything(at: Desk, of: ClosedRound) -> None:
    base = f"/rounds/{of.id}"
    secrets = re.compile(rb"line-\d|Institute|Hall |Secret|SN-|PLX-|Steward|network")
    files = at.done("line-1", "GET", f"{base}/report")["files"]
    assert {one["name"] for one in files} >= {
        "report.html",
        "report.pdf",
        "results.csv",
        "results.parquet",
        "q-c10-h.svg",
    }
    for one in files:
        answer = at.ask("line-1", "GET", f"{base}/report/{one['edition']}/{one['name']}")
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"] and len(answer.content) == one["bytes"]
        assert answer.headers["content-type"].startswith(one["media_type"])
        plain = answer.content
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", answer.content, re.S):
            plain += zlib.decompressobj().decompress(stream) if stream[:1] == b"x" else b""
        assert secrets.search(plain) is None, (one["name"], secrets.search(plain))
        if one["media_type"] == "text/html":
            assert "sandbox" in answer.headers["content-security-policy"]
        else:
            assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(content(at, "line-1", f"{base}/report/1-draft/results.csv").decode())))
    assert [row["line"] for row in rows] == sorted(CODES[:5])
    table = pq.read_table(io.BytesIO(content(at, "line-1", f"{base}/report/1-draft/cells.parquet")))
    assert table.num_rows == 15 and table.schema.metadata is None


def _the_edition_is_made_again_byte_for_byte_from_what_is_kept_of_it(at: Desk, of: ClosedRound) -> None:
    with at.services.sessions.read() as session:
        kept = reports.of(session, of.id, editions.SOURCE)[0]
        stored = {(None, one.name): one.sha256 for one in reports.of(session, of.id, "report")}
        for line in of.lines:
            stored |= {(line, one.name): one.sha256 for one in reports.of(session, of.id, "letter", line)}
        last = evaluations.newest(session, of.id)
    assert last is not None
    found = evaluate.read(at.services, last)
    source = editions.source_of(at.services, kept, found)
    again = {(one.line, one.name): hashlib.sha256(one.content).hexdigest() for one in editions.files(source)}
    assert again == stored


def test_a_report_needs_an_evaluation_of_what_counts_now(at: Desk) -> None:
    of = closed_round(at.services, q(planted(5, cells=2)))
    assert at.ask("counts", "POST", f"/rounds/{of.id}/report").status_code == 409
    evaluated(at, of)
    of.hand_in("line-4", 2, {"q-c10": 151.5})
    refused = at.ask("counts", "POST", f"/rounds/{of.id}/report")
    assert refused.status_code == 409 and "evaluate it again" in refused.json()["detail"]


def test_a_draft_that_is_taken_back_and_made_again_is_another_edition(at: Desk) -> None:
    of = drafted(at)
    first = content(at, "line-1", f"/rounds/{of.id}/report/1-draft/report.pdf")
    at.clock.wait(hours=1)
    of.enter(RoundState.EVALUATED)
    at.done("counts", "POST", f"/rounds/{of.id}/report")
    files = names(at.done("line-1", "GET", f"/rounds/{of.id}/report"))
    assert files["1-draft/report.pdf"]["superseded"] and not files["1-draft-2/report.pdf"]["superseded"]
    assert content(at, "line-1", f"/rounds/{of.id}/report/1-draft/report.pdf") == first


def test_with_four_organisations_each_line_gets_its_own_letter_and_there_is_nothing_else(at: Desk) -> None:
    of = closed_round(at.services, q(planted(4, cells=2)))
    base = f"/rounds/{of.id}"
    evaluated(at, of)
    at.done("counts", "POST", f"{base}/report")
    for user in ("ran", "counts", "line-2"):
        assert at.ask(user, "GET", f"{base}/report").status_code == 403
    text = content(at, "line-2", f"{base}/lines/line-2/report/1-draft/letter.html").decode()
    assert "everybody reads own results only" in text and "SN-line-2-1" in text and "Assigned" not in text
    refused = at.ask("line-2", "POST", f"{base}/comments", APPEAL)
    assert refused.status_code == 409 and "no report to comment on" in refused.json()["detail"]
    at.clock.wait(days=15)
    assert at.done("ran", "POST", f"{base}/publication")["notice"]["state"] == "published"
    assert at.ask("", "GET", f"{base}/summary/files").status_code == 403
    assert at.client.get(f"/rounds/{of.id}/report").status_code == 403
