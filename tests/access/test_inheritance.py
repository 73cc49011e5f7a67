"""What derived data inherit is the strictest of how their sources were held: one more source never loosens anything."""

from hypothesis import given
from hypothesis import strategies as st

from access.inheritance import combined, inherited
from schemas.agreement import Onward, Terms
from schemas.conditions import AgreementAccepted, Kept, Purpose, PurposeStated, Reciprocity
from schemas.derived import Received
from schemas.metadata import DatasetKind

PURPOSES = st.sets(st.sampled_from(Purpose), min_size=1).map(lambda some: tuple(sorted(some)))
AGREEMENTS = [AgreementAccepted(agreement=name) for name in ("a", "b", "c")]
CONDITIONS: st.SearchStrategy[Kept] = st.one_of(
    st.sampled_from(AGREEMENTS),
    PURPOSES.map(lambda some: PurposeStated(purposes=some)),
    st.integers(1, 2).map(lambda n: Reciprocity(collection="c", kind=DatasetKind.MATERIAL, count=n)),
)
HELD = st.lists(CONDITIONS, max_size=3).map(
    lambda some: Received(
        source="PLX-0000-0000", owner="north", grant="g", conditions=tuple(some), agreements={"a": 1, "b": 1, "c": 1}
    )
)
RULES = st.one_of(st.none(), st.sampled_from(Onward))
TERMS = st.builds(
    Terms,
    onward_sharing=st.sampled_from(Onward),
    derived_results=RULES,
    purposes=st.one_of(st.just(()), PURPOSES),
)
TERMS_OF = st.tuples(TERMS, TERMS, TERMS).map(lambda some: dict(zip([("a", 1), ("b", 1), ("c", 1)], some, strict=True)))


def purposes(conditions: tuple[Kept, ...]) -> set[Purpose]:
    named = [set(one.purposes) for one in conditions if isinstance(one, PurposeStated)]
    return set.intersection(*named) if named else set(Purpose)


@given(st.lists(HELD, max_size=3), HELD, TERMS_OF)
def test_one_more_source_never_loosens(
    before: list[Received], more: Received, terms_of: dict[tuple[str, int], Terms]
) -> None:
    few, many = inherited(before, terms_of), inherited([*before, more], terms_of)
    assert set(few.forbidden) <= set(many.forbidden)
    assert purposes(many.conditions) <= purposes(few.conditions) or many.forbidden
    others = {one for one in few.conditions if not isinstance(one, PurposeStated)}
    assert others <= set(many.conditions)


@given(st.lists(HELD, max_size=3), st.lists(CONDITIONS, max_size=3), TERMS_OF)
def test_a_grant_is_as_strict_as_what_was_wanted_and_as_what_is_inherited(
    held: list[Received], wanted: list[Kept], terms_of: dict[tuple[str, int], Terms]
) -> None:
    found = inherited(held, terms_of)
    together = combined(wanted, found)
    asked = purposes((*wanted, *found.conditions))
    if together is None:
        assert not asked
        return
    assert purposes(together) == asked
    plain = {one for one in (*wanted, *found.conditions) if not isinstance(one, PurposeStated)}
    assert plain == {one for one in together if not isinstance(one, PurposeStated)}


def test_an_agreement_of_which_nothing_is_known_forbids() -> None:
    held = Received(source="PLX-0000-0000", owner="north", grant="g", conditions=(AGREEMENTS[0],))
    assert [one.agreement for one in inherited([held], {}).forbidden] == ["a"]
