"""The public summary of a round as a citable record: its pages, in versions, its metadata in formats, its DOIs."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Body, Path, Response
from fastapi.responses import HTMLResponse

from exchange.api import pages as plain
from exchange.api.doors import Anyone, Caller, Live
from exchange.api.errors import documented
from exchange.api.rounds import RoundId
from exchange.fair import citation
from exchange.fair.signposting import Link
from exchange.rounds import citable, report_doi
from schemas.doi import NewDoi
from schemas.errors import Conflict, Denied, NotFound
from schemas.published import Published
from schemas.round.citable import ReportDoi

_read = documented(Denied, NotFound)
router = APIRouter(prefix="/api/v1/rounds/{round}/dois", tags=["rounds"], responses=_read)
pages = APIRouter(prefix="/rounds/{round}/report", tags=["pages"], responses=_read)
Version = Annotated[int, Path(ge=1, le=999_999, description="1 is what was published first", examples=[1])]
FormName = Annotated[str, Path(pattern="^[a-z][a-z0-9.-]{0,39}$", examples=["datacite.json"])]


@router.get("", summary="DOIs of the summary")
def listed(caller: Caller, services: Live, round: RoundId) -> list[ReportDoi]:
    """That for all versions first; drafts among them, for the network's office."""
    return report_doi.listed(services, caller, round)


@router.post("", summary="Register a DOI of the summary", responses=documented(Denied, NotFound, Conflict))
def register(
    caller: Caller, services: Live, round: RoundId, wanted: Annotated[NewDoi, Body(examples=[{"version": 1}])]
) -> ReportDoi:
    """By the network's office, for a version or for all; asked again it goes on where it stood."""
    return report_doi.register(services, caller, round, wanted.version)


@pages.get("", summary="Public page of a report", response_class=HTMLResponse)
def landing(caller: Anyone, services: Live, round: RoundId) -> HTMLResponse:
    """Where a published report stays, whatever its newest version: its public summary, and how to cite it."""
    return _page(citable.record(services, caller, round))


@pages.get("/as/{form}", summary="Record of the report in a format", response_class=Response)
def export(caller: Anyone, services: Live, round: RoundId, form: FormName) -> Response:
    """As DataCite, DCAT, citation or the platform's own, of all versions."""
    return _written(*citable.exported(services, caller, round, None, form))


@pages.get("/{version}", summary="Page of a version of a report", response_class=HTMLResponse)
def of_version(caller: Anyone, services: Live, round: RoundId, version: Version) -> HTMLResponse:
    """It never changes what it is of; of a superseded one it leads on to the version that took its place."""
    return _page(citable.record(services, caller, round, version))


@pages.get("/{version}/as/{form}", summary="Record of a version in a format", response_class=Response)
def export_version(caller: Anyone, services: Live, round: RoundId, version: Version, form: FormName) -> Response:
    """As DataCite, DCAT, citation or the platform's own."""
    return _written(*citable.exported(services, caller, round, version, form))


def _written(media_type: str, text: str) -> Response:
    return Response(text, media_type=media_type)


def _page(shown: Published) -> HTMLResponse:
    answer = plain.page(shown.name, _body(shown))
    links = [
        Link("cite-as", shown.cite_as),
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Dataset"),
        *(Link("item", one.url, one.media_type) for one in shown.files),
        *(Link("describedby", shown.export(name), one.media_type) for name, one in citable.FORMS.items()),
    ]
    answer.headers["Link"] = ", ".join(map(str, links))
    return answer


def _body(shown: Published) -> str:
    said = shown.record.description if shown.record and shown.record.description else ""
    current = (
        f'<p><strong>{escape(shown.how_to_ask)}</strong> <a href="{escape(shown.iri)}">See the newest one</a>.</p>'
    )
    which = f"Version {shown.version}" if shown.version else "All versions"
    return (
        f"<main><h1>{escape(shown.name)}</h1><p>{which}. {escape(said)}</p>{current if shown.how_to_ask else ''}"
        f"<p>To cite: {escape(citation.text(shown).strip())}</p>"
        "<p>The participants' report is for those who took part.</p>"
        f"{_files(shown) if shown.files else ''}{_versions(shown)}"
        f"<p>This record as {', '.join(_link(shown.export(name), name) for name in citable.FORMS)}.</p></main>"
    )


def _files(shown: Published) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_link(one.url, one.name)}</th><td>{one.bytes}</td>'
        f"<td><code>{one.sha256}</code></td></tr>"
        for one in shown.files
    )
    return _table("Files", ("File", "Bytes", "SHA-256"), rows)


def _versions(shown: Published) -> str:
    newest = max(one.number for one in shown.versions)
    rows = "".join(
        f'<tr><th scope="row">{_link(one.iri, str(one.number))}</th><td>{one.released_at:%Y-%m-%d}</td>'
        f"<td>{escape(one.doi or '')}</td><td>{escape(one.note)}</td>"
        f"<td>{'superseded' if one.number < newest else 'current'}</td></tr>"
        for one in shown.versions
    )
    return _table("Versions", ("Version", "Made on", "DOI", "Why", "State"), rows)


def _table(caption: str, heads: tuple[str, ...], rows: str) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    return (
        f'<div class="scroll"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _link(address: str, name: str) -> str:
    return f'<a href="{escape(address)}">{escape(name)}</a>'
