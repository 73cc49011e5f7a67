"""Profiles: what a record needs for what one wants to do with it; each asks for what the one before asks, and more."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schemas.metadata import DatasetKind, Metadata


class Profile(StrEnum):
    """What one wants to do: keep a draft, share it, hand it in to a round, publish it openly."""

    DRAFT = "draft"
    SHAREABLE = "shareable"
    ROUND = "round"
    OPEN = "open"


TESTS: Final = frozenset({DatasetKind.CELL_TEST, DatasetKind.ROUND_ROBIN_TEST})
DESCRIPTION_LETTERS: Final = 50
"""A description shorter than that tells a stranger nothing."""


@dataclass(frozen=True)
class Need:
    """One of these places has to be filled in, in datasets of these kinds (empty: of every kind)."""

    places: tuple[str, ...]
    profile: Profile
    kinds: frozenset[DatasetKind] = frozenset()

    @property
    def name(self) -> str:
        """How it is named to people."""
        return " or ".join(self.places)

    def met(self, record: Metadata) -> bool:
        """Whether the record fills it in."""
        return any(_filled(record, place) for place in self.places)

    def asked_of(self, kind: DatasetKind | None) -> bool:
        """Whether it is asked of this kind; a draft without a kind may become a test."""
        return not self.kinds or (kind or DatasetKind.CELL_TEST) in self.kinds


def _needs(profile: Profile, *places: str, kinds: Iterable[DatasetKind] = ()) -> tuple[Need, ...]:
    return tuple(Need(tuple(place.split("|")), profile, frozenset(kinds)) for place in places)


NEEDS: Final[tuple[Need, ...]] = (
    *_needs(Profile.SHAREABLE, "title", "kind"),
    *_needs(Profile.SHAREABLE, "line", kinds=TESTS | {DatasetKind.PRODUCTION_RUN}),
    *_needs(
        Profile.SHAREABLE,
        "cell.id",
        "cell.configuration",
        "cell.nominal_capacity_ah",
        "test.lower_voltage_v",
        "test.upper_voltage_v",
        "test.protocol.name",
        "test.instrument.name|test.instrument.model",
        "time_zone",
        kinds=TESTS,
    ),
    *_needs(Profile.SHAREABLE, "creators", "licence|agreement"),
    *_needs(
        Profile.ROUND,
        "test.kind",
        "test.round",
        "test.protocol.version",
        "test.instrument.maker",
        "test.instrument.model",
        "test.instrument.serial",
        "test.instrument.channel",
        "test.calibration.at",
        "test.calibration.voltage_v",
        "test.calibration.current_a",
        "test.chamber.set_temperature_c",
        "test.chamber.measured_at",
        "test.conformance",
        kinds=TESTS,
    ),
    *_needs(
        Profile.ROUND,
        "production.run",
        "production.steps",
        "protocol.version|production.recipe.version",
        kinds={DatasetKind.PRODUCTION_RUN},
    ),
    *_needs(Profile.ROUND, "contact.email"),
    *_needs(Profile.OPEN, "description", "keywords", "language", "licence", "creators.agreed", "contact.email"),
    *_needs(Profile.OPEN, "cell.chemistry", "cell.specification.format", "test.kind", kinds=TESTS),
    *_needs(Profile.OPEN, "production.run", "production.steps", kinds={DatasetKind.PRODUCTION_RUN}),
    *_needs(Profile.OPEN, "material.name", kinds={DatasetKind.MATERIAL}),
    *_needs(Profile.OPEN, "protocol.name", "protocol.version", kinds={DatasetKind.PROTOCOL}),
    *_needs(Profile.OPEN, "document.type", kinds={DatasetKind.DOCUMENT}),
)
"""Everything that is asked for, in the order of the profiles; `a|b`: one of the two."""

_ASKS: Final = {
    Profile.DRAFT: frozenset[Profile](),
    Profile.SHAREABLE: frozenset({Profile.SHAREABLE}),
    Profile.ROUND: frozenset({Profile.SHAREABLE, Profile.ROUND}),
    Profile.OPEN: frozenset({Profile.SHAREABLE, Profile.OPEN}),
}


def missing(record: Metadata, profile: Profile = Profile.SHAREABLE) -> tuple[str, ...]:
    """Everything that the record lacks for a profile, all at once."""
    asked = [one for one in NEEDS if one.profile in _ASKS[profile] and one.asked_of(record.kind)]
    return tuple(one.name for one in asked if not one.met(record))


def lacking(record: Metadata) -> dict[Profile, tuple[str, ...]]:
    """What the record lacks for each profile."""
    return {profile: missing(record, profile) for profile in Profile}


def _filled(record: Metadata, place: str) -> bool:
    if place == "creators.agreed":
        return any(one.agreed for one in record.creators)
    found = record.value(place)
    if place == "description":
        return isinstance(found, str) and len(found) >= DESCRIPTION_LETTERS
    return found is not None
