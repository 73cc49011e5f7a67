"""The chain of the audit: whatever is changed, taken out, put in or moved is found, and an export says the same."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import chain
from access.chain import START, Link
from access.exported import exported, verify_exported
from access.pseudonyms import commitment, month_of, pseudonym
from schemas.audit import KeptEvent, Seal, Touched, Verdict
from schemas.errors import Refused

NOW = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FACTS = st.dictionaries(TEXT, TEXT | st.integers(-(2**53), 2**53), max_size=3)


def event(number: int, **changes: object) -> KeptEvent:
    plain = KeptEvent(
        id=number,
        at=NOW + timedelta(seconds=number),
        actor="pabc",
        organisation="north",
        roles=("steward",),
        action="read:table",
        target="PLX-7Q4K-M2XD",
        touched=(Touched(dataset="PLX-7Q4K-M2XD", owner="west"),),
        allowed=True,
        detail={"view": "full"},
    )
    return plain.model_copy(update=changes)


def chained(batches: list[list[KeptEvent]]) -> list[Link]:
    links: list[Link] = []
    head: Seal | None = None
    for events in batches:
        head, hashes = chain.sealed(head, events, NOW)
        lines = {one.id: chain.event_line(one) for one in events}
        links += [Link(line=lines[number], hash=hash, event=number) for number, hash in hashes]
        line = chain.seal_line(head.number, head.at, head.events)
        links.append(Link(line=line, hash=head.hash, seal=head.number, events=head.events, at=head.at))
    return links


@st.composite
def histories(draw: st.DrawFn) -> list[list[KeptEvent]]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    numbers = iter(range(1, sum(sizes) + 1))
    return [
        [event(next(numbers), detail=draw(FACTS), allowed=draw(st.booleans()), reason=draw(TEXT)) for _ in range(size)]
        for size in sizes
    ]


@given(histories())
def test_an_untouched_chain_is_sound_and_ends_in_its_head(batches: list[list[KeptEvent]]) -> None:
    links = chained(batches)
    verdict = chain.walk(links)
    assert verdict.sound
    assert (verdict.events, verdict.seals) == (sum(map(len, batches)), len(batches))
    assert verdict.head == links[-1].hash


@given(histories(), st.data())
def test_any_single_change_removal_insertion_or_move_is_found(
    batches: list[list[KeptEvent]], data: st.DataObject
) -> None:
    links = chained(batches)
    at = data.draw(st.integers(0, len(links) - 1))
    how = data.draw(st.sampled_from(["line", "hash", "gone", "removed", "twice", "inserted", "moved"]))
    other = list(links)
    one = links[at]
    if how == "line":
        assert one.line is not None
        place = data.draw(st.integers(0, len(one.line) - 1))
        letter = data.draw(TEXT.filter(lambda text: len(text) == 1))
        other[at] = replace(one, line=one.line[:place] + letter + one.line[place + 1 :])
    elif how == "hash":
        other[at] = replace(one, hash=data.draw(st.sampled_from([START, "f" * 64])))
    elif how == "gone":
        other[at] = replace(one, line=None)
    elif how == "removed":
        del other[at]
    elif how == "twice":
        other.insert(at, one)
    elif how == "inserted":
        line = chain.event_line(event(999))
        before = links[at - 1].hash if at else START
        other.insert(at, Link(line, chain.follow(before, line), 999))
    else:
        to = data.draw(st.integers(0, len(links) - 1))
        other.insert(to, other.pop(at))
    if other == links:
        return
    verdict = chain.walk(other)
    # Whoever cuts off whole batches at the end leaves a sound chain: that is what the anchor is for.
    cut = how in ("removed", "moved") and other == links[: len(other)]
    assert not verdict.sound or cut, how
    assert not chain.walk(other, anchor=links[-1].hash).sound


def three() -> list[Link]:
    return chained([[event(1), event(2)], [event(3), event(4), event(5)]])


def test_the_changed_event_is_named() -> None:
    links = three()
    links[3] = Link(chain.event_line(event(3, allowed=False)), links[3].hash, 3)
    assert chain.walk(links).finding == "Event 3 was changed, or it does not stand where it was sealed (seal 2)."


def test_the_removed_event_is_named_by_the_one_after_it() -> None:
    links = three()
    del links[4]
    assert chain.walk(links).finding == "Before event 5 an event is missing: seal 2 covers 3, 2 are there."


def test_an_inserted_event_is_named() -> None:
    links = three()
    line = chain.event_line(event(77))
    links.insert(4, Link(line, chain.follow(links[3].hash, line), 77))
    assert chain.walk(links).finding == "Event 77 was inserted: seal 2 covers 3 events, 4 are there."


def test_an_event_whose_row_is_gone_is_named() -> None:
    links = three()
    links[1] = Link(None, links[1].hash, 2, seal=1)
    assert chain.walk(links).finding == "Event 2 is missing; seal 1 covers it."


def test_a_chain_made_anew_is_sound_but_not_under_the_anchor() -> None:
    anchor = three()[-1].hash
    forged = chained([[event(1), event(2)], [event(3), event(4, actor="pxyz"), event(5)]])
    assert chain.walk(forged).sound
    assert chain.walk(three(), anchor=anchor).anchored == 2
    assert "anchor" in chain.walk(forged, anchor=anchor).finding


def export(links: list[Link]) -> list[str]:
    return list(exported(START, links))


@given(histories())
def test_an_export_says_what_the_chain_says(batches: list[list[KeptEvent]]) -> None:
    links = chained(batches)
    start, verdict = verify_exported([f"{line}\n" for line in export(links)], links[-1].hash)
    assert start == START
    assert verdict == chain.walk(links, anchor=links[-1].hash)


def test_an_outsider_needs_no_more_than_sha256_to_check_an_export() -> None:
    lines = export(three())
    now = json.loads(lines[0])["from"]
    for line, then in zip(lines[1::2], lines[2::2], strict=True):
        now = hashlib.sha256(f"{now}\n{line}".encode()).hexdigest()
        assert json.loads(then) == {"hash": now}


@pytest.mark.parametrize("lines", [[], ["{}"], ["no json"], [*export(three())[:3], "{}"], export(three())[:2]])
def test_a_file_that_is_no_whole_export_is_refused(lines: list[str]) -> None:
    with pytest.raises(Refused):
        verify_exported(lines)


def test_an_export_that_was_cut_between_batches_misses_its_anchor_and_within_one_its_seal() -> None:
    lines, anchor = export(three()), three()[-1].hash
    assert verify_exported(lines[:7])[1].sound
    assert "anchor" in verify_exported(lines[:7], anchor)[1].finding
    assert verify_exported(lines[:9])[1].finding == "The seal after event 3 is missing."


def test_an_event_is_written_the_same_for_ever() -> None:
    assert chain.event_line(event(1)) == (
        '{"action":"read:table","actor":"pabc","allowed":true,"at":"2027-03-02T07:00:01.000000Z",'
        '"detail":{"view":"full"},"event":1,"organisation":"north","reason":"","reference":"","roles":["steward"],'
        '"target":"PLX-7Q4K-M2XD","touched":[{"dataset":"PLX-7Q4K-M2XD","owner":"west"}]}'
    )


def test_a_pseudonym_binds_person_and_month_and_tells_neither() -> None:
    made = pseudonym("ada", "2027-03", "salt")
    assert made == pseudonym("ada", "2027-03", "salt") and len(made) == 27 and "ada" not in made
    others = [("eva", "2027-03", "salt"), ("ada", "2027-04", "salt"), ("ada", "2027-03", "pepper")]
    assert made not in [pseudonym(*other) for other in others]
    assert month_of(datetime.fromisoformat("2027-04-01T01:00:00+02:00")) == "2027-03"
    assert commitment("a", "bc") != commitment("ab", "c")


def test_nothing_is_sound_too() -> None:
    assert chain.walk([]) == Verdict(head=START)
