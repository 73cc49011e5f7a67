"""What a derived dataset inherits from how its sources were held: the strictest of it all.

1. What was held without conditions binds to nothing.
2. Held under an agreement, its term on derived results decides, or where it has none its term on onward sharing:
   forbidden: no grant can be given; under the same terms: each grant depends on the agreement, and on one of the
   purposes that it names; free: the agreement asks for nothing.
3. Purposes to which a source was bound bind each grant; of several sources those that are common to all. Where none
   is, no grant can be given.
4. Every other condition of a source's grant (reciprocity) becomes one of each grant.
5. Whoever held a source by several grants is bound by all of them.
"""

from collections.abc import Iterable, Mapping

from schemas.agreement import Onward, Terms
from schemas.conditions import AgreementAccepted, Kept, Purpose, PurposeStated
from schemas.derived import Forbids, Inherited, Received

TermsOf = Mapping[tuple[str, int], Terms]
"""Terms by agreement and version."""


def inherited(received: Iterable[Received], terms_of: TermsOf) -> Inherited:
    """What these ways of holding sources bind to; an agreement whose terms are not known forbids."""
    conditions: list[Kept] = []
    forbidden: list[Forbids] = []
    purposes: set[Purpose] | None = None
    for held in received:
        for one in held.conditions:
            if isinstance(one, PurposeStated):
                purposes = _common(purposes, one.purposes)
            elif isinstance(one, AgreementAccepted):
                version = held.agreements.get(one.agreement, 0)
                terms = terms_of.get((one.agreement, version))
                if terms is None or terms.of_derived is Onward.FORBIDDEN:
                    forbidden.append(Forbids(source=held.source, agreement=one.agreement, version=version))
                elif terms.of_derived is Onward.SAME_TERMS:
                    conditions.append(one)
                    purposes = _common(purposes, terms.purposes) if terms.purposes else purposes
            else:
                conditions.append(one)
            if purposes is not None and not purposes:
                forbidden.append(Forbids(source=held.source))
    if purposes:
        conditions.append(_stated(purposes))
    return Inherited(conditions=tuple(dict.fromkeys(conditions)), forbidden=tuple(dict.fromkeys(forbidden)))


def combined(wanted: Iterable[Kept], inherits: Inherited) -> tuple[Kept, ...] | None:
    """The conditions of a grant together with those that it inherits; None where their purposes exclude each other."""
    every = [*wanted, *inherits.conditions]
    bound = [one for one in every if isinstance(one, PurposeStated)]
    others = tuple(dict.fromkeys(one for one in every if not isinstance(one, PurposeStated)))
    if len(bound) < 2:
        return (*others, *bound)
    purposes: set[Purpose] | None = None
    for one in bound:
        purposes = _common(purposes, one.purposes)
    return (*others, _stated(purposes)) if purposes else None


def _common(before: set[Purpose] | None, more: Iterable[Purpose]) -> set[Purpose]:
    return set(more) if before is None else before & set(more)


def _stated(purposes: set[Purpose]) -> PurposeStated:
    return PurposeStated(purposes=tuple(sorted(purposes)))
