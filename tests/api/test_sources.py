"""Derived data inherit the strictest of how their sources were held, and tell nobody of a source that is hidden."""

from datetime import timedelta

import pytest

from schemas.dataset import Visibility
from storage import policies
from tests.agreed import Json, Network, on


def derived(
    people: Network, source: str, *, by: str = "west", visibility: Visibility | None = Visibility.ORGANISATION
) -> str:
    made = people.dataset(by, visibility)
    people.post(by, f"/datasets/{made}/sources", {"sources": [source]}, 200, "PUT")
    return made


def received(people: Network, terms: Json, **grant: object) -> str:
    """A dataset of the north that the west holds under an agreement of these terms."""
    people.published(terms=terms)
    people.accepts("west")
    source = people.dataset("north")
    people.grant(source, "west", **(on() | grant))
    return source


def test_a_source_that_is_hidden_is_no_more_there_than_one_that_does_not_exist(people: Network) -> None:
    made, hidden = people.dataset("west", None), people.dataset("north")
    told = [
        people.send("west", "PUT", f"/datasets/{made}/sources", {"sources": [id]}) for id in (hidden, "PLX-0000-0000")
    ]
    assert [one.status_code for one in told] == [404, 404]
    assert told[0].json()["detail"].replace(hidden, "PLX-0000-0000") == told[1].json()["detail"]


def test_a_source_must_be_open_at_level_tables(people: Network) -> None:
    made, source = people.dataset("west", None), people.dataset("north")
    people.grant(source, level="summary")
    assert people.send("west", "PUT", f"/datasets/{made}/sources", {"sources": [source]}).status_code == 403


def test_where_giving_on_is_forbidden_no_grant_is_given(people: Network) -> None:
    made = derived(people, received(people, {"onward_sharing": "forbidden"}))
    refused = people.grant(made, "south", by="west", status=409)
    assert "dea@1, which forbids" in refused["detail"]


def test_the_owner_of_the_source_may_get_what_was_made_from_it(people: Network) -> None:
    made = derived(people, received(people, {"onward_sharing": "forbidden"}))
    assert people.grant(made, "north", by="west")["conditions"] == []
    assert people.level("north", made) == "tables"


def test_under_the_same_terms_each_grant_depends_on_the_agreement_and_its_purposes(people: Network) -> None:
    terms = {"onward_sharing": "same-terms", "purposes": ["research", "benchmarking"]}
    made = derived(people, received(people, terms))
    wanted = [{"type": "purpose", "purposes": ["benchmarking", "commercial"]}]
    grant = people.grant(made, "south", by="west", conditions=wanted)
    assert grant["conditions"] == [on()["conditions"][0], {"type": "purpose", "purposes": ["benchmarking"]}]
    assert people.level("south", made) == "hidden"
    people.accepts("south")
    assert people.level("south", made) == "metadata"
    stated = people.send("south", "GET", f"/datasets/{made}", headers={"Purpose": "benchmarking"})
    assert stated.json()["level"] == "tables"
    contrary = [{"type": "purpose", "purposes": ["commercial"]}]
    assert "none of these purposes" in people.grant(made, "south", by="west", status=409, conditions=contrary)["detail"]


def test_what_is_said_of_derived_results_goes_before_onward_sharing(people: Network) -> None:
    made = derived(people, received(people, {"onward_sharing": "forbidden", "derived_results": "free"}))
    assert people.grant(made, "south", by="west")["conditions"] == []


def test_purposes_and_reciprocity_of_a_sources_grant_become_conditions(people: Network) -> None:
    source = people.dataset("north")
    people.grant(source, conditions=[{"type": "purpose", "purposes": ["research"]}])
    made = people.dataset("west", None)
    wanted = {"sources": [source]}
    assert people.send("west", "PUT", f"/datasets/{made}/sources", wanted).status_code == 403
    stated = people.send("west", "PUT", f"/datasets/{made}/sources", wanted, headers={"Purpose": "research"})
    assert stated.json()["inherited"]["conditions"] == [{"type": "purpose", "purposes": ["research"]}]


def test_what_was_received_binds_after_the_grant_has_ended(people: Network) -> None:
    source = received(people, {"onward_sharing": "forbidden"})
    made = derived(people, source)
    [grant] = people.get("north", f"/datasets/{source}/grants")
    people.send("north", "DELETE", f"/datasets/{source}/grants/{grant['id']}")
    people.grant(made, "south", by="west", status=409)


def test_what_is_made_by_way_of_others_inherits_too(people: Network) -> None:
    source = received(people, {"onward_sharing": "same-terms"})
    made = derived(people, source)
    further = derived(people, made)
    assert people.grant(further, "south", by="west")["conditions"] == on()["conditions"]


def test_grants_that_were_weaker_are_made_as_strict_when_a_source_is_declared(people: Network) -> None:
    source = received(people, {"onward_sharing": "same-terms"})
    made = people.dataset("west")
    weak = people.grant(made, "south", by="west")
    assert people.level("south", made) == "tables"
    told = people.post("west", f"/datasets/{made}/sources", {"sources": [source]}, 200, "PUT")
    assert (told["narrowed"], told["revoked"]) == ([weak["id"]], [])
    assert people.level("south", made) == "hidden"
    people.accepts("south")
    assert people.level("south", made) == "tables"


def test_grants_that_a_source_forbids_end_when_it_is_declared(people: Network) -> None:
    source = received(people, {"onward_sharing": "forbidden"})
    made = people.dataset("west")
    weak = people.grant(made, "south", by="west")
    told = people.post("west", f"/datasets/{made}/sources", {"sources": [source]}, 200, "PUT")
    assert (told["narrowed"], told["revoked"]) == ([], [weak["id"]])
    assert people.level("south", made) == "hidden"


def test_released_data_keep_their_sources_and_a_draft_may_correct_them(people: Network) -> None:
    one, other = people.dataset("west"), people.dataset("west")
    draft = derived(people, one, visibility=None)
    assert people.post("west", f"/datasets/{draft}/sources", {"sources": [other]}, 200, "PUT")["sources"] == [
        {"dataset": other, "direct": True}
    ]
    released = derived(people, one)
    assert people.send("west", "PUT", f"/datasets/{released}/sources", {"sources": [other]}).status_code == 409
    added = people.post("west", f"/datasets/{released}/sources", {"sources": [other, one]}, 200, "PUT")
    assert {each["dataset"] for each in added["sources"]} == {one, other}


def test_nothing_is_made_from_itself(people: Network) -> None:
    first = people.dataset("west")
    second = derived(people, first)
    third = derived(people, second)
    for wanted in (first, second, third):
        refused = people.send("west", "PUT", f"/datasets/{first}/sources", {"sources": [wanted]})
        assert refused.status_code == 409, wanted


def test_others_are_told_of_the_sources_that_they_may_know_of(people: Network) -> None:
    shown, hidden = people.dataset("west", Visibility.NETWORK), people.dataset("west")
    made = people.dataset("west")
    people.post("west", f"/datasets/{made}/sources", {"sources": [shown, hidden]}, 200, "PUT")
    people.grant(made, "south", by="west")
    seen = people.get("south", f"/datasets/{made}/sources")
    assert (seen["sources"], seen["inherited"]) == ([{"dataset": shown, "direct": True}], None)
    assert people.send("north", "GET", f"/datasets/{made}/sources").status_code == 404


def test_the_embargo_of_a_source_holds_for_what_was_made_from_it(people: Network) -> None:
    source = people.dataset("west")
    made = derived(people, source)
    people.grant(made, "south", by="west")
    with people.services.sessions.begin() as session:
        policies.set_embargo(session, source, people.clock[0] + timedelta(days=1))
    assert people.level("south", made) == "metadata"
    assert [one["effect"] for one in people.get("west", f"/datasets/{made}/grants")] == ["capped by embargo"]
    people.later(days=2)
    [shown] = people.get("west", f"/datasets/{made}/grants")
    assert shown["effect"] == "waiting to be confirmed after the embargo"


@pytest.mark.parametrize(
    ("terms", "accepts", "status"),
    [
        ({"onward_sharing": "forbidden"}, True, 409),
        ({"onward_sharing": "same-terms"}, False, 409),
        ({"onward_sharing": "same-terms"}, True, 200),
        ({"onward_sharing": "free"}, False, 200),
    ],
)
def test_what_may_not_be_given_on_does_not_change_hands(
    people: Network, terms: Json, accepts: bool, status: int
) -> None:
    made = derived(people, received(people, terms))
    if accepts:
        people.accepts("south")
    offer = people.post("west", f"/datasets/{made}/transfer", {"taker": "south", "reason": "It fits"})
    answer = people.send("south", "POST", f"/transfers/{offer['id']}/accept")
    assert answer.status_code == status, answer.text
    assert "dea" not in answer.text
