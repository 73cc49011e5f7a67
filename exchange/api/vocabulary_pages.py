"""Pages of vocabularies, of every term at its persistent address, and of the glossary."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from exchange.api import vocabulary_html
from exchange.api.doors import Anyone, Live
from exchange.api.pages import page
from exchange.api.vocabularies import Name, Sought, TermPath
from exchange.publishing.negotiate import HTML, parsed
from exchange.vocabulary import glossary, read

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse, include_in_schema=False)
TURTLE: Final = "text/turtle"


@router.get("/glossary", summary="Glossary")
def words(services: Live, q: Sought = "") -> HTMLResponse:
    """Every word with an anchor of its own."""
    return page("Glossary", vocabulary_html.glossary(glossary.find(services, q), q))


@router.get("/vocabularies", summary="Vocabularies")
def every(services: Live) -> HTMLResponse:
    """All of them in a table."""
    return page("Vocabularies", vocabulary_html.every(read.every(services)))


@router.get("/vocabularies/{name}", summary="One vocabulary")
@router.head("/vocabularies/{name}")
def one(services: Live, name: Name, request: Request) -> Response:
    """Its terms as a page, or as SKOS in Turtle where that is asked for."""
    if _wants_turtle(request):
        return _turtle(read.as_skos(services, name))
    shown = read.one(services, name)
    return _described(page(shown.title, vocabulary_html.one(shown)), services, name)


@router.get("/vocabularies/{name}/{term}", summary="One term")
@router.head("/vocabularies/{name}/{term}")
def term(caller: Anyone, services: Live, name: Name, term: TermPath, request: Request) -> Response:
    """The persistent address of a term: its page, or its concept in Turtle where that is asked for."""
    if _wants_turtle(request):
        return _turtle(read.as_skos(services, name, term))
    shown = read.term(services, caller, name, term)
    return _described(page(shown.label, vocabulary_html.term(shown)), services, name)


def _wants_turtle(request: Request) -> bool:
    """True where Turtle is welcome more than a page (RFC 9110, 12.5.1)."""
    ranges = parsed(request.headers.get("accept", ""))
    closest = {kind: max((one.fits(kind, ""), one.q) for one in ranges) for kind in (TURTLE, HTML)}
    wanted = {kind: (q if fits else 0, fits) for kind, (fits, q) in closest.items()}
    return wanted[TURTLE] > wanted[HTML]


def _turtle(text: str) -> Response:
    return Response(text, media_type=f"{TURTLE}; charset=utf-8", headers={"Vary": "Accept"})


def _described(made: HTMLResponse, services: Live, name: str) -> HTMLResponse:
    address = f"{services.settings.base_url}/api/v1/vocabularies/{name}/skos"
    made.headers["Link"] = f'<{address}>; rel="describedby"; type="{TURTLE}"'
    made.headers["Vary"] = "Accept, Authorization, Cookie"
    return made
