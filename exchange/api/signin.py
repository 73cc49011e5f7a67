"""Signing in: with a password, at a provider, by a one-time link; and out."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from exchange.api import cookies
from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from exchange.sign_in import caller as from_page
from exchange.sign_in import links, passwords, provider, sessions
from exchange.sign_in.provider import Returned
from schemas.errors import Denied, NotFound, TooMany
from schemas.signing_in import (
    BrowserSession,
    ByProvider,
    ChosenOrganisation,
    Credentials,
    NextPath,
    PasswordByLink,
    PasswordChange,
    Place,
    ResetAsked,
    SignedIn,
    WaysIn,
)

_SHORT_ID = r"^[a-z0-9][a-z0-9-]{0,31}$"
_PRINTED = r"^[\x21-\x7e]*$"
ProviderName = Annotated[str, Path(pattern=_SHORT_ID, max_length=32)]
SessionId = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]
public = APIRouter(prefix="/api/v1", tags=["signing in"], responses=documented(Denied, TooMany))
router = APIRouter(prefix="/api/v1", tags=["signing in"], responses=documented(Denied))
redirects = APIRouter(include_in_schema=False)
from_outside = APIRouter(include_in_schema=False)
"""Whom providers send back brings parameters of theirs."""


@public.get("/signin", summary="How can I sign in?")
def ways_in(services: Live) -> WaysIn:
    """Whether there are passwords, and the providers, each with the address where it begins."""
    return provider.ways_in(services)


@public.post("/session", status_code=201, summary="Sign in with a password")
def sign_in(
    request: Request,
    response: Response,
    services: Live,
    given: Annotated[Credentials, Body(examples=[{"account": "ada@north.example", "password": "a long sentence"}])],
) -> SignedIn:
    """A session: its cookie comes with the answer, its `csrf` goes into X-CSRF-Token of whatever changes something."""
    from_page.of_this_site(services, cookies.sent(request))
    opened = passwords.sign_in(services, given, cookies.browser(request, services))
    cookies.keep(response, services, opened)
    return opened.signed_in


@public.post("/signin/{name}", summary="Sign in at a provider by a one-time link", responses=documented(NotFound))
def by_link(
    request: Request,
    response: Response,
    services: Live,
    name: ProviderName,
    given: Annotated[ByProvider, Body(examples=[{"link": "a" * 43}])],
) -> Place:
    """Where the browser goes next; coming back, the identity there is joined to the account of the link."""
    from_page.of_this_site(services, cookies.sent(request))
    going = provider.begin(services, name, given.next, given.link.get_secret_value())
    cookies.keep_going(response, services, going.browser)
    return Place(location=going.location)


@public.post("/password", status_code=201, summary="Set a password by a one-time link")
def set_password(
    request: Request,
    response: Response,
    services: Live,
    given: Annotated[PasswordByLink, Body(examples=[{"link": "a" * 43, "password": "a long sentence"}])],
) -> SignedIn:
    """Uses the link up, ends every session of the account, and opens one."""
    from_page.of_this_site(services, cookies.sent(request))
    opened = passwords.set_by_link(services, given, cookies.browser(request, services))
    cookies.keep(response, services, opened)
    return opened.signed_in


@public.post("/password/reset", status_code=202, summary="Ask for a link to set a password")
def ask_reset(
    services: Live,
    tasks: BackgroundTasks,
    asked: Annotated[ResetAsked, Body(examples=[{"account": "ada@north.example"}])],
) -> None:
    """The same answer whether or not there is such an account; whoever has one gets a link by mail."""
    links.ask_reset(services, asked.account)
    tasks.add_task(links.reset, services, asked.account)


@router.put("/password", status_code=204, summary="Change my password", responses=documented(Denied, TooMany))
def change_password(
    request: Request,
    caller: Caller,
    services: Live,
    given: Annotated[
        PasswordChange, Body(examples=[{"current": "a long sentence", "password": "another long sentence"}])
    ],
) -> None:
    """Ends every other session of the account."""
    passwords.change(services, caller, given, cookies.browser(request, services))


@router.get("/session", summary="My session")
def session(request: Request, response: Response, caller: Caller, services: Live) -> SignedIn:
    """Who is signed in, for which organisation, and the token for changing requests."""
    response.headers["Cache-Control"] = "no-store"
    return sessions.present(services, caller, cookies.found(request, services, cookies.SESSION))


@router.put("/session/organisation", summary="Act for another organisation of mine")
def switch(
    response: Response,
    caller: Caller,
    services: Live,
    chosen: Annotated[ChosenOrganisation, Body(examples=[{"organisation": "north"}])],
) -> SignedIn:
    """The session goes on under a fresh cookie."""
    opened = sessions.switch(services, caller, chosen.organisation)
    cookies.keep(response, services, opened)
    return opened.signed_in


@router.delete("/session", status_code=204, summary="Sign out")
def sign_out(response: Response, caller: Caller, services: Live) -> None:
    """The session ends at once."""
    sessions.sign_out(services, caller)
    cookies.drop(response, services, cookies.SESSION)


@router.get("/sessions", summary="Where am I signed in?")
def mine(caller: Caller, services: Live) -> list[BrowserSession]:
    """The caller's open sessions, newest first."""
    return sessions.mine(services, caller)


@router.delete("/sessions/{id}", status_code=204, summary="End one of my sessions", responses=documented(NotFound))
def end(caller: Caller, services: Live, id: SessionId) -> None:
    """It ends at once."""
    sessions.end(services, caller, id)


@redirects.get("/signin/{name}")
def go(services: Live, name: ProviderName, next: Annotated[NextPath, Query()] = "/") -> Response:
    """Off to the provider."""
    going = provider.begin(services, name, next)
    response = RedirectResponse(going.location, 303)
    cookies.keep_going(response, services, going.browser)
    return response


@from_outside.get("/signin/{name}/callback")
def come_back(
    request: Request,
    services: Live,
    name: ProviderName,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000, pattern=_PRINTED)] = "",
    iss: Annotated[str, Query(max_length=500)] = "",
    error: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Back from the provider: signed in, and on to where the person wanted to go."""
    going, browser = cookies.found(request, services, cookies.GOING), cookies.browser(request, services)
    opened, next = provider.finish(services, name, Returned(state, code, error, iss), going, browser)
    response = RedirectResponse(next, 303)
    cookies.keep(response, services, opened)
    cookies.drop(response, services, cookies.GOING)
    return response
