"""Agents: people, organisations and funders of a crate as entities, each once, however often it is named."""

from collections.abc import Sequence

from exchange.fair import iris
from exchange.fair.facts import Json
from schemas.published import Published
from schemas.record.people import Contributor, Creator, Funding


class Agents:
    """Who made, contributed to, owns and paid for a dataset; `entities` stand in the crate's graph."""

    def __init__(self, shown: Published) -> None:
        self._known: dict[str, Json] = {}
        record, owner = shown.record, shown.publisher
        home = {"@type": "Organization", "name": owner.name, "url": owner.ror or shown.base_url}
        self.publisher = self._add(iris.publisher(shown), home)
        self.authors = [self._person(one) for one in record.creators] if record else []
        self.authors = self.authors or [self.publisher]
        self.contributors = [self._person(one) for one in record.contributors] if record else []
        self.funders = [self._funder(one) for one in record.funding] if record else []

    @property
    def entities(self) -> Sequence[Json]:
        return list(self._known.values())

    def _person(self, one: Creator) -> Json:
        role = one.role.value if isinstance(one, Contributor) else None
        made = {"@type": "Person", "name": one.name, "affiliation": self._affiliation(one), "description": role}
        return self._add(iris.person(one.orcid), made, "person")

    def _affiliation(self, one: Creator) -> Json | None:
        if not one.affiliation and not one.ror:
            return None
        page = {"url": one.ror} if one.ror else {}
        return self._add(one.ror, {"@type": "Organization", "name": one.affiliation or one.ror} | page, "organisation")

    def _funder(self, one: Funding) -> Json:
        grant = " ".join(part for part in (one.grant, one.title, one.url) if part)
        made = {"@type": "Organization", "name": one.funder, "url": one.ror or one.url}
        return self._add(one.ror, made | ({"description": f"Grant {grant}"} if grant else {}), "funder")

    def _add(self, preferred: str | None, made: Json, word: str = "") -> Json:
        """A reference; what is another than the bearer of its id so far gets one within the document."""
        same = [id for id, one in self._known.items() if one == {"@id": id} | made]
        if same:
            return {"@id": same[0]}
        free = preferred and preferred not in self._known
        id = str(preferred) if free else f"#{word}-{len(self._known) + 1}"
        self._known[id] = {"@id": id} | made
        return {"@id": id}
