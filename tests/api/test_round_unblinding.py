"""Whose code is whose is shown to one person when custodian and office agree, on record, and the line is told."""

from exchange.services import Services
from schemas.organisation import NetworkRole, Role, User
from storage import audit, people
from tests.desk import Desk
from tests.rounds import COORDINATOR, CUSTODIAN, STATISTICIAN, Opened, founded_round, opened_round

REASON = "Every file of this line was warm; its hall has to be asked at once."
SECOND = "office-two"
BOARD = "board"


def test_a_code_is_shown_to_one_person_by_custodian_and_office_together_and_the_line_is_told(at: Desk) -> None:
    one = _round(at)
    code = one.codes["north-1"]
    asked = at.done(COORDINATOR, "POST", f"{one.path}/unblindings", {"code": code, "to": BOARD, "reason": REASON})
    path = f"{one.path}/unblindings/{asked['id']}"
    assert "north" not in str(asked).lower()
    for who in (BOARD, COORDINATOR, CUSTODIAN, "north", ""):
        assert at.ask(who, "GET", path).status_code in (401, 403), "nobody has agreed yet"
    assert {one["kind"] for one in _told(at, CUSTODIAN) + _told(at, SECOND)} == {"round-unblinding-asked"}

    assert at.done(CUSTODIAN, "POST", f"{path}/agreements", {"role": "custodian"})["shown_at"] is None
    said = at.ask(CUSTODIAN, "POST", f"{path}/agreements", {"role": "office"})
    assert said.status_code == 409 and "by two persons" in said.text
    for who in (COORDINATOR, BOARD, "north"):
        assert at.ask(who, "POST", f"{path}/agreements", {"role": "office"}).status_code == 403
    assert at.ask(BOARD, "GET", path).status_code == 403 and "round-unblinded" not in _kinds(at, "north")

    assert at.done(SECOND, "POST", f"{path}/agreements", {"role": "office"})["shown_at"]
    (told,) = [one for one in _told(at, "north") if one["kind"] == "round-unblinded"]
    assert "Chair of the board" in told["text"] and f"> {REASON}" in told["text"]
    assert "round-unblinded" not in _kinds(at, "west")
    (open_,) = [one for one in _told(at, BOARD) if one["kind"] == "round-unblinding-agreed"]
    assert asked["id"] in open_["text"]
    assert code not in {word for each in (told, open_) for word in each["text"].replace(".", " ").split()}

    shown = at.done(BOARD, "GET", path)
    assert (shown["code"], shown["line"], shown["organisation"]) == (code, "north-1", "north")
    at.done(BOARD, "GET", path)
    for who in (COORDINATOR, STATISTICIAN, SECOND, CUSTODIAN, "north", "west"):
        answer = at.ask(who, "GET", path)
        assert answer.status_code == 403 and "North 1" not in answer.text
    assert at.ask(BOARD, "GET", f"{one.path}/codes").status_code == 403, "one code, not all"
    second = {"code": one.codes["west-1"], "to": STATISTICIAN, "reason": REASON}
    another = at.done(COORDINATOR, "POST", f"{one.path}/unblindings", second)["id"]
    for who, role in ((SECOND, "office"), (CUSTODIAN, "custodian")):
        at.done(who, "POST", f"{one.path}/unblindings/{another}/agreements", {"role": role})
    assert at.done(STATISTICIAN, "GET", f"{one.path}/unblindings/{another}")["line"] == "west-1"
    assert at.ask(BOARD, "GET", f"{one.path}/unblindings/{another}").status_code == 403, "and no other"
    at.done(CUSTODIAN, "POST", f"{one.path}/unblindings/{another}/end")
    for who in (COORDINATOR, STATISTICIAN):
        listed = at.done(who, "GET", f"{one.path}/unblindings")
        assert {each["code"] for each in listed} == {code, one.codes["west-1"]}
        assert "north" not in str(listed).lower()
        assert "north" not in at.ask(who, "GET", f"{one.path}/history").text.lower()
    assert _audited(at.services, "round:unblinded code").count(True) == 3

    ended = at.done(COORDINATOR, "POST", f"{path}/end")
    assert ended["ended_at"] and at.ask(BOARD, "GET", path).status_code == 403
    assert at.ask(COORDINATOR, "POST", f"{path}/end").status_code == 409


def test_what_cannot_be_shown_is_refused_in_a_sentence_that_does_not_depend_on_whose_the_code_is(at: Desk) -> None:
    one = _round(at)
    path, code = f"{one.path}/unblindings", one.codes["north-1"]
    wanted = {"code": code, "to": BOARD, "reason": REASON}
    for line in ("north-1", "west-1"):
        answer = at.ask(COORDINATOR, "POST", path, wanted | {"to": "north", "code": one.codes[line]})
        assert answer.status_code == 201, "whether it is their own line is not told"
    for change, status, word in (
        ({"code": "QQQQQQQQ"}, 404, "No line goes by the code"),
        ({"to": "nobody-there"}, 422, "no person with an account"),
        ({"to": CUSTODIAN}, 422, "reads all codes"),
    ):
        answer = at.ask(COORDINATOR, "POST", path, wanted | change)
        assert (answer.status_code, word in answer.text) == (status, True), answer.text
    for who in ("north", SECOND, BOARD):
        assert at.ask(who, "POST", path, wanted).status_code == 403
    mine = at.done(COORDINATOR, "POST", path, wanted | {"to": SECOND})
    assert at.ask(COORDINATOR, "POST", path, wanted | {"to": SECOND}).status_code == 409
    answer = at.ask(SECOND, "POST", f"{path}/{mine['id']}/agreements", {"role": "office"})
    assert answer.status_code == 409 and "somebody else agrees" in answer.text
    at.done(SECOND, "POST", f"{path}/{mine['id']}/end")
    assert at.ask(CUSTODIAN, "POST", f"{path}/{mine['id']}/agreements", {"role": "custodian"}).status_code == 409
    assert at.ask(CUSTODIAN, "POST", f"{path}/nothing/agreements", {"role": "custodian"}).status_code == 404
    founded_round(at, "rr-draft")
    answer = at.ask(COORDINATOR, "POST", "/rounds/rr-draft/unblindings", wanted)
    assert answer.status_code == 409 and "is draft" in answer.text


def test_every_read_of_the_codes_is_on_record_whether_it_was_let_through_or_not(at: Desk) -> None:
    one = _round(at)
    at.done(CUSTODIAN, "GET", f"{one.path}/codes")
    at.done(CUSTODIAN, "GET", f"{one.path}/codes")
    at.ask(COORDINATOR, "GET", f"{one.path}/codes")
    assert _audited(at.services, "round:codes") == [True, True, False]


def _round(at: Desk) -> Opened:
    now = at.services.now()
    with at.services.sessions.begin() as session:
        people.add_user(session, User(id=SECOND, organisation="office", name="Second of office"), {Role.VIEWER}, now)
        people.give_network_role(session, SECOND, NetworkRole.OFFICE, now)
        people.add_user(session, User(id=BOARD, organisation="office", name="Chair of the board"), {Role.VIEWER}, now)
    return opened_round(at)


def _told(at: Desk, user: str) -> list[dict[str, str]]:
    return [dict(one) for one in at.done(user, "GET", "/notifications")["items"] if "unblind" in one["kind"]]


def _kinds(at: Desk, user: str) -> set[str]:
    return {one["kind"] for one in _told(at, user)}


def _audited(services: Services, action: str) -> list[bool]:
    with services.sessions.read() as session:
        return [one.allowed for one in audit.events(session) if one.action == action]
