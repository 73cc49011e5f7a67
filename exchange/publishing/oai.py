"""OAI: what a harvester asks, by the rules of OAI-PMH 2.0, answered as far as the caller may list and read.

Resumption tokens are signed and hold all that is needed to go on: any instance takes them, after a restart too.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from exchange import cursors
from exchange.fair import oai
from exchange.fair.oai import Problem, Repository
from exchange.publishing import harvest
from exchange.publishing.harvest import Selection
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import NotFound
from schemas.identifiers import is_dataset_id
from schemas.metadata import DatasetKind
from schemas.published import Published
from storage.catalogue import Position

Asked = Mapping[str, str]
_USE: Final = "oai"
_SECOND: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class _Going:
    """Where a list stands: what is asked for, behind which position it goes on, how many entries came before."""

    prefix: str
    since: str = ""
    until: str = ""
    set: str = ""
    after: Position | None = None
    before: int = 0


def answered(services: Services, who: Principal, sent: Sequence[tuple[str, str]]) -> str:
    """The answer to a request, as XML; what the protocol has an error for is answered with that."""
    at, asked = services.now(), dict(sent)
    try:
        content: Element | Problem = _content(services, who, sent, asked)
    except Problem as problem:
        content = problem
    return oai.answer(_repository(services), at, asked, content)


def _content(services: Services, who: Principal, sent: Sequence[tuple[str, str]], asked: Asked) -> Element:
    verb = asked.get("verb")
    if verb not in _VERBS or [name for name, _ in sent].count("verb") > 1:
        raise Problem("badVerb", f"There has to be one verb, one of {', '.join(_VERBS)}.")
    needed, allowed, work = _VERBS[verb]
    given = {name for name in asked if name != "verb"}
    twice = {name for name, _ in sent if [other for other, _ in sent].count(name) > 1}
    # A token stands alone: it holds all that was asked.
    alone = given == {"resumptionToken"} and "resumptionToken" in allowed
    lacking = set() if alone else needed - given
    excess = given - needed - allowed if not ("resumptionToken" in given and not alone) else given - {"resumptionToken"}
    if twice or lacking or excess:
        said = [f"{name} is needed" for name in sorted(lacking)] + [f"{name} is given twice" for name in sorted(twice)]
        said += [f"{name[:60]} is not taken by {verb} here" for name in sorted(excess)]
        raise Problem("badArgument", "; ".join(said) + ".")
    return work(services, who, asked)


def _identify(services: Services, who: Principal, asked: Asked) -> Element:
    return oai.identify(_repository(services), harvest.earliest(services, who))


def _formats(services: Services, who: Principal, asked: Asked) -> Element:
    if "identifier" in asked:
        _one(services, who, asked["identifier"])
    return oai.formats()


def _sets(services: Services, who: Principal, asked: Asked) -> Element:
    if "resumptionToken" in asked:
        raise Problem("badResumptionToken", "The sets are one list; there is no token for it.")
    return oai.sets(harvest.owners(services, who))


def _record(services: Services, who: Principal, asked: Asked) -> Element:
    _known_format(asked["metadataPrefix"])
    shown = _one(services, who, asked["identifier"])
    return oai.get(oai.record(_repository(services), shown, asked["metadataPrefix"]))


def _list(services: Services, who: Principal, asked: Asked) -> Element:
    verb, going = asked["verb"], _going(services, asked)
    _known_format(going.prefix)
    sought = _selection(going)
    limit = services.settings.harvest_page
    found = harvest.harvested(services, who, sought, going.after, limit, f"oai {sorted(asked.items())}")
    if not found.items:
        raise Problem("noRecordsMatch", "Nothing that you may see is among what was asked for.")
    token = None
    if found.after is not None:
        token = _token(services, verb, going, found.after, going.before + len(found.items))
    elif going.after is not None:
        token = ""
    repository = _repository(services)
    if verb == "ListRecords":
        items = [oai.record(repository, one, going.prefix) for one in found.items]
    else:
        items = [oai.header(repository, one) for one in found.items]
    return oai.page(verb, items, token, going.before)


def _one(services: Services, who: Principal, identifier: str) -> Published:
    dataset = identifier.removeprefix(_repository(services).identifier(""))
    if is_dataset_id(dataset) and dataset != identifier:
        try:
            return harvest.one(services, who, dataset)
        except NotFound:
            pass  # Told as the protocol tells it.
    raise Problem("idDoesNotExist", "There is no record of this identifier that you may see.")


def _known_format(prefix: str) -> None:
    if prefix not in oai.FORMATS:
        raise Problem("cannotDisseminateFormat", f"Formats are {', '.join(oai.FORMATS)}.")


def _going(services: Services, asked: Asked) -> _Going:
    if "resumptionToken" not in asked:
        return _Going(asked["metadataPrefix"], asked.get("from", ""), asked.get("until", ""), asked.get("set", ""))
    found = cursors.read(services.secret, _USE, asked["resumptionToken"])
    if found is None or found[0] != asked["verb"]:
        raise Problem("badResumptionToken", "This token was not given out for this list; begin again without it.")
    _, prefix, since, until, of, when, last, before = (one or "" for one in found)
    return _Going(prefix, since, until, of, (datetime.fromisoformat(when), last), int(before))


def _token(services: Services, verb: str, going: _Going, after: Position, before: int) -> str:
    told: list[str | None] = [verb, going.prefix, going.since, going.until, going.set]
    return cursors.signed(services.secret, _USE, [*told, after[0].isoformat(), after[1], str(before)])


def _selection(going: _Going) -> Selection:
    since, until = _moment(going.since, "from"), _moment(going.until, "until", ends=True)
    if since and until and len(going.since) != len(going.until):
        raise Problem("badArgument", "from and until have to be written alike: both days, or both seconds.")
    if since and until and since > until:
        raise Problem("badArgument", "from is behind until.")
    kind, owner = _set(going.set)
    return Selection(kind, owner, since, until)


def _set(spec: str) -> tuple[str | None, str | None]:
    by, _, name = spec.partition(".")
    if not spec:
        return None, None
    if by == "kind" and name in set(DatasetKind):
        return name, None
    if by == "organisation" and re.fullmatch("[a-z0-9][a-z0-9-]{0,31}", name):
        return None, name
    raise Problem("noRecordsMatch", "There is no such set; ListSets names them all.")


def _moment(text: str, name: str, ends: bool = False) -> datetime | None:
    if not text:
        return None
    try:
        if _SECOND.fullmatch(text):
            return datetime.fromisoformat(text)
        if _DAY.fullmatch(text):
            day = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return day + timedelta(days=1, seconds=-1) if ends else day
    except (ValueError, OverflowError):
        pass
    raise Problem("badArgument", f"{name} is no moment; write it like 2026-05-04 or 2026-05-04T12:00:00Z.")


def _repository(services: Services) -> Repository:
    base = services.settings.base_url.rstrip("/")
    host = urlsplit(base).hostname or "localhost"
    return Repository(f"{base}/oai", host, services.settings.mail_from or f"postmaster@{host}")


_Work = Callable[[Services, Principal, Asked], Element]
_SELECTIVE: Final = {"from", "until", "set", "resumptionToken"}
_VERBS: Final[dict[str, tuple[set[str], set[str], _Work]]] = {
    "Identify": (set(), set(), _identify),
    "ListMetadataFormats": (set(), {"identifier"}, _formats),
    "ListSets": (set(), {"resumptionToken"}, _sets),
    "ListIdentifiers": ({"metadataPrefix"}, _SELECTIVE, _list),
    "ListRecords": ({"metadataPrefix"}, _SELECTIVE, _list),
    "GetRecord": ({"identifier", "metadataPrefix"}, set(), _record),
}
"""What each verb needs, what it takes besides, and what it does."""
