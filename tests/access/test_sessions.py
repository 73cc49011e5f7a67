"""Which requests with a session's cookie are believed."""

from datetime import UTC, datetime

import pytest

from access import sessions
from access.sessions import Sent

SITE = "https://exchange.example"
GOOD = Sent("POST", "token", SITE, "same-origin", "exchange.example")


def test_a_page_of_the_site_with_the_token_is_believed() -> None:
    assert sessions.forged(GOOD, "token", SITE) is None
    assert sessions.forged(Sent("POST", "token", SITE), "token", SITE) is None
    assert sessions.forged(Sent("POST", "token", "", "same-origin"), "token", SITE) is None
    assert sessions.forged(Sent("POST", "token", "http://127.0.0.1:8010", "", "127.0.0.1:8010"), "token", SITE) is None


@pytest.mark.parametrize(
    "sent",
    [
        Sent("POST", "", SITE, "same-origin"),
        Sent("POST", "other", SITE, "same-origin"),
        Sent("POST", "token"),
        Sent("POST", "token", "https://evil.example", "cross-site"),
        Sent("POST", "token", "https://evil.example", "same-origin"),
        Sent("POST", "token", SITE, "cross-site"),
        Sent("POST", "token", "https://other.exchange.example", "same-site"),
        Sent("POST", "token", "null", ""),
        Sent("POST", "token", "http://exchange.example", "", "evil.example"),
        Sent("PATCH", "töken", SITE, "same-origin"),
        Sent("DELETE", "\udcff", SITE, "same-origin"),
    ],
)
def test_what_lacks_the_token_or_comes_from_elsewhere_is_forged(sent: Sent) -> None:
    assert sessions.forged(sent, "token", SITE) is not None


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_needs_no_token(method: str) -> None:
    assert sessions.forged(Sent(method), "token", SITE) is None


def test_a_device_is_known_for_the_account_it_signed_in_to_until_the_password_changes() -> None:
    now, later = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    cookie = sessions.device(b"secret", "ada", now)
    assert sessions.known_device(b"secret", cookie, "ada", now) is not None
    assert sessions.known_device(b"secret", cookie, "bob", now) is None
    assert sessions.known_device(b"secret", cookie, "ada", later) is None
    assert sessions.known_device(b"other", cookie, "ada", now) is None
    for wrong in ("", ".", "ada.x.1.00", "\udcff", cookie[:-1], cookie.replace("ada", "bob")):
        assert sessions.known_device(b"secret", wrong, "ada", now) is None
