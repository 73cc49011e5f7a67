"""A sharing template: how an organisation shares what it releases, as a steward has settled it once and for all."""

from calendar import monthrange
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from schemas.access import GranteeKind
from schemas.dataset import Visibility
from schemas.metadata import DatasetKind
from schemas.organisation import Name
from schemas.policy import GrantTerms, NewGrant

LineName = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


class After(BaseModel, frozen=True, extra="forbid"):
    """A span of calendar months and days; the 31st and one month is the last day of the next month."""

    months: int = Field(default=0, ge=0, le=600)
    days: int = Field(default=0, ge=0, le=3650)

    def of(self, moment: datetime) -> datetime:
        """The moment so much later."""
        month = moment.month - 1 + self.months
        year, month = moment.year + month // 12, month % 12 + 1
        day = min(moment.day, monthrange(year, month)[1])
        return moment.replace(year=year, month=month, day=day) + timedelta(days=self.days)

    @property
    def empty(self) -> bool:
        """True for no time at all."""
        return not self.months and not self.days


class TemplateGrant(GrantTerms, frozen=True, extra="forbid"):
    """A grant of a template: it begins so long after the release, and lasts so long from its beginning."""

    begins_after: After | None = None
    lasts: After | None = None

    @model_validator(mode="after")
    def _has_length(self) -> "TemplateGrant":
        if self.lasts is not None and self.lasts.empty:
            raise ValueError("`lasts` is no time at all; leave it out for a grant without end")
        return self

    def at(self, released: datetime) -> NewGrant:
        """The grant for something that is released at this moment."""
        terms = {name: getattr(self, name) for name in GrantTerms.model_fields}
        begins = self.begins_after.of(released) if self.begins_after and not self.begins_after.empty else None
        ends = self.lasts.of(begins or released) if self.lasts else None
        return NewGrant(**terms, starts_at=begins, expires_at=ends)


class NewSharingTemplate(BaseModel, frozen=True, extra="forbid"):
    """What a steward settles. Applied by itself to the first release of what it fits, unless `automatic` is false.

    `kinds` and `lines`: what it is for; none named fits all. `contributors_may_release`: what it fits may be released
    by contributors alone.
    """

    name: Name = Field(examples=["Members see tables after six months"])
    kinds: tuple[DatasetKind, ...] = Field(default=(), max_length=10)
    lines: tuple[LineName, ...] = Field(default=(), max_length=50, description="Names of pilot lines, as records do")
    visibility: Visibility | None = None
    embargo: After | None = Field(default=None, description="Nobody else gets more than the record for so long")
    grants: tuple[TemplateGrant, ...] = Field(default=(), max_length=20)
    contributors_may_release: bool = False
    automatic: bool = True

    @model_validator(mode="after")
    def _world_by_stewards(self) -> "NewSharingTemplate":
        to_world = self.visibility is Visibility.WORLD or any(
            one.grantee_kind is GranteeKind.EVERYBODY for one in self.grants
        )
        if to_world and self.contributors_may_release:
            raise ValueError("only a steward opens data to the world: not together with `contributors_may_release`")
        return self


class SharingTemplate(NewSharingTemplate, frozen=True, extra="forbid"):
    """A template that stands; once retired it is applied no more, and what it gave stays."""

    id: str
    organisation: str
    created_at: datetime
    created_by: str
    retired_at: datetime | None = None
