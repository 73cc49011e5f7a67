"""Cookies: of a session, of a device known already, of a sign-in that has gone to a provider."""

from datetime import timedelta

from fastapi import Request, Response

from access.sessions import Sent
from exchange.services import Services
from exchange.sign_in.provider import LASTS
from exchange.sign_in.sessions import Browser, Opened

SESSION, DEVICE, GOING = "plx-session", "plx-device", "plx-going"
_DEVICE_LASTS = timedelta(days=180)


def named(services: Services, name: str) -> str:
    """With the prefix that browsers give to this very host over TLS alone; without TLS they would refuse it."""
    return f"__Host-{name}" if _encrypted(services) else name


def found(request: Request, services: Services, name: str) -> str:
    """A cookie's value, or nothing."""
    return request.cookies.get(named(services, name), "")


def browser(request: Request, services: Services) -> Browser:
    """What the browser brought along."""
    agent = request.headers.get("user-agent", "")
    return Browser(agent, found(request, services, SESSION), found(request, services, DEVICE))


def sent(request: Request) -> Sent:
    """What tells where the request comes from."""
    headers = request.headers
    return Sent(
        method=request.method,
        csrf=headers.get("x-csrf-token", ""),
        origin=headers.get("origin", ""),
        site=headers.get("sec-fetch-site", ""),
        host=headers.get("host", ""),
    )


def keep(response: Response, services: Services, opened: Opened) -> None:
    """Hand the browser its session, and what it is known by at the next sign-in."""
    lasts = opened.signed_in.expires_at - services.now()
    _put(response, services, SESSION, opened.secret, lasts)
    if opened.device:
        _put(response, services, DEVICE, opened.device, _DEVICE_LASTS)
    response.headers["Cache-Control"] = "no-store"


def keep_going(response: Response, services: Services, secret: str) -> None:
    """Hand the browser what it is known by when it comes back from the provider."""
    _put(response, services, GOING, secret, LASTS)
    response.headers["Cache-Control"] = "no-store"


def drop(response: Response, services: Services, name: str) -> None:
    """Take a cookie back."""
    _put(response, services, name, "", timedelta(0))


def _put(response: Response, services: Services, name: str, value: str, lasts: timedelta) -> None:
    response.set_cookie(
        named(services, name),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=_encrypted(services),
        httponly=True,
        samesite="lax",
    )


def _encrypted(services: Services) -> bool:
    return services.settings.base_url.startswith("https:")
