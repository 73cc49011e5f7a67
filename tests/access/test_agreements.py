"""When an agreement holds for an organisation, and what is missing of those that something needs."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from access.agreements import holds, missing, owed
from schemas.agreement import Acceptance, Agreement, AgreementKind, AgreementVersion, OnNewVersion, Required
from tests.access.nouns import DAY, NOW


def agreement(rule: OnNewVersion = OnNewVersion.SUSPEND, versions: int = 1, **facts: object) -> Agreement:
    """Versions were published 10 days ago, 9 days ago, …"""
    published = tuple(
        AgreementVersion(number=one + 1, sha256="0" * 64, published_at=NOW - (10 - one) * DAY)
        for one in range(versions)
    )
    kept = {"id": "a", "kind": AgreementKind.ROUND_RULES, "title": "A", "on_new_version": rule, "versions": published}
    return Agreement.model_validate(kept | facts)


def accepted(version: int = 1, **facts: object) -> Acceptance:
    kept = {"id": "1", "agreement": "a", "version": version, "organisation": "west", "accepted_by": "w"}
    return Acceptance.model_validate(kept | {"accepted_at": NOW - DAY} | facts)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 12))
def test_kept_goes_as_far_as_grace_and_grace_as_far_as_suspended(versions: int, version: int, days: int) -> None:
    given_ = [accepted(min(version, versions))]
    found = {rule: holds(agreement(rule, versions, grace_days=days), given_, NOW) for rule in OnNewVersion}
    assert found[OnNewVersion.SUSPEND] <= found[OnNewVersion.GRACE] <= found[OnNewVersion.KEEP]
    assert found[OnNewVersion.SUSPEND] is (version >= versions)


def test_it_holds_from_its_first_day_to_its_last() -> None:
    first, last = NOW.date(), NOW.date() + timedelta(days=2)
    version = AgreementVersion(number=1, sha256="0" * 64, published_at=NOW - 10 * DAY, starts_on=first, ends_on=last)
    one = agreement(versions=1).model_copy(update={"versions": (version,)})
    days = [first + timedelta(days=step) for step in range(-1, 4)]
    assert [holds(one, [accepted()], _noon(day)) for day in days] == [False, True, True, True, False]


def test_neither_retired_nor_withdrawn_holds() -> None:
    assert holds(agreement(), [accepted()], NOW)
    assert not holds(agreement(retired_at=NOW), [accepted()], NOW)
    assert not holds(agreement(), [accepted(ended_at=NOW)], NOW)
    assert not holds(agreement(), [], NOW)


def test_something_can_need_a_version_and_what_is_unknown_is_missing() -> None:
    kept = agreement(OnNewVersion.KEEP, versions=2)
    needs = [Required(agreement="a"), Required(agreement="b")]
    assert missing(needs, [kept], [accepted(1)], NOW) == ("b",)
    assert missing([Required(agreement="a", version=2)], [kept], [accepted(1)], NOW) == ("a",)
    assert missing([Required(agreement="a", version=2)], [kept], [accepted(2)], NOW) == ()


def test_taking_part_needs_it_from_its_moment_on_and_never_a_retired_one() -> None:
    assert owed([agreement(required_from=NOW + DAY)], [], NOW) == ()
    assert owed([agreement(required_from=NOW)], [], NOW) == ("a",)
    assert owed([agreement(required_from=NOW)], [accepted()], NOW) == ()
    assert owed([agreement(required_from=NOW, retired_at=NOW)], [], NOW) == ()


def _noon(day: date) -> datetime:
    return NOW.replace(year=day.year, month=day.month, day=day.day)
