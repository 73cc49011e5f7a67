"""Who sees a registered object: a cell, a lot, a protocol, equipment, a material. Readable without the rest.

1. The people of its owner who read for it see everything of it, in every state.
2. Whoever may read the record of one of the owner's datasets in full view sees each object to which that record
   points, as long as they may read it; of fields that need more (class confidential) the pointer opens only to those
   who may read such fields of the dataset. Blocks, seals, embargoes, drafts and missing consents count there as they do
   for the dataset: what closes the dataset closes what it points to.
3. A steward of the owner can show an object to the network, or to the world. Whom the owner has blocked from all that
   is its own does not get it by this.
4. Of the fields everybody sees those of the classes that open to them: by a dataset the classes that it opens of its
   own record; by rule 3 the network sees core and network fields, the world core fields alone.
5. The name is told to whoever sees network fields, and to those to whom the object is shown by rule 3.
6. A dataset of another organisation opens nothing, whatever it points to: else a draft of one's own would open what its
   owner has closed.
7. Nobody else learns that the object exists.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from access import fields, policy
from schemas.access import Grantee, GranteeKind, Level, Scope
from schemas.dataset import Visibility
from schemas.policy import Policy
from schemas.record.field import CORE, NETWORK, FieldClass

_NETWORK = Grantee(kind=GranteeKind.NETWORK)
_WORLD = Grantee(kind=GranteeKind.EVERYBODY)


@dataclass(frozen=True)
class Standing:
    """What the rule looks at of an object: its owner, to whom it is shown, whom its owner has shut out of all."""

    owner: str
    visibility: Visibility
    blocks: frozenset[Grantee] = frozenset()


@dataclass(frozen=True)
class Pointing:
    """A dataset whose record points to the object, from a field of this class."""

    on: Policy
    of: FieldClass


@dataclass(frozen=True)
class Sight:
    """What somebody sees of an object; `named`: its name, too; `by` are the datasets that open it."""

    classes: frozenset[FieldClass]
    named: bool
    by: tuple[str, ...] = ()


def sight(one: Standing, pointing: Iterable[Pointing], within: Scope) -> Sight | None:
    """What the scope sees of an object; None: nothing, not even that there is one."""
    if one.owner == within.own:
        return Sight(frozenset(FieldClass), named=True)
    classes, by = set(_shown(one, within)), []
    shown = bool(classes)
    for each in pointing:
        opened = _opened(one, each, within)
        if opened:
            classes |= opened
            by.append(each.on.dataset)
    if not classes:
        return None
    return Sight(frozenset(classes), named=shown or NETWORK in classes, by=tuple(by))


def tells(each: Pointing, within: Scope) -> bool:
    """Whether the scope may learn that this dataset points to the object: by reading the field that does."""
    return each.of in fields.classes(policy.permits(each.on, within), within)


def _shown(one: Standing, within: Scope) -> frozenset[FieldClass]:
    organisation = Grantee(kind=GranteeKind.ORGANISATION, id=within.organisation)
    user = Grantee(kind=GranteeKind.USER, id=within.user)
    if one.blocks & {organisation, user} or one.visibility is Visibility.ORGANISATION:
        return frozenset()
    if _NETWORK in within.grantees:
        return frozenset({CORE, NETWORK})
    return frozenset({CORE}) if one.visibility is Visibility.WORLD and _WORLD in within.grantees else frozenset()


def _opened(one: Standing, each: Pointing, within: Scope) -> frozenset[FieldClass]:
    if each.on.owner != one.owner or not policy.decide(each.on, within, Level.METADATA).allowed:
        return frozenset()
    classes = fields.classes(policy.permits(each.on, within), within)
    return classes if each.of is not FieldClass.CONFIDENTIAL or FieldClass.CONFIDENTIAL in classes else frozenset()
