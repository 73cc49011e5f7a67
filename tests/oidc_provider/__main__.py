"""Install the provider into a temporary folder, start it, sign in through it; ends with 0 also where Node is absent."""

import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urljoin

import httpx

from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.signing_in import IdentityProvider
from tests.signing_in import SITE, Clock, at_site, browsing, events
from tests.worlds import network

_RULE = {"claim": "groups", "value": "north-stewards", "organisation": "north", "roles": ["steward"]}


class _Now(Clock):
    """The clock of the wall."""

    def __init__(self) -> None:
        from datetime import UTC, datetime

        self.at = datetime.now(UTC)


def main() -> int:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        print("SKIPPED: node and npm are not here; install Node 20 or newer to run this.")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(Path(__file__).with_name("server.mjs"), folder)
        install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "oidc-provider@9"]
        if subprocess.run(install, cwd=folder, stdout=subprocess.DEVNULL).returncode:
            print("SKIPPED: npm could not install oidc-provider@9.")
            return 0
        return _with_provider(node, folder)


def _with_provider(node: str, folder: Path) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [node, "server.mjs", str(port), f"{SITE}/signin/certified/callback"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        if not any(line.strip() == "ready" for line in server.stdout):
            print("FAILED: the provider did not start.")
            return 1
        services = open_services(Settings(data=folder / "data", _env_file=None))  # type: ignore[call-arg]  # no .env here
        try:
            network(services)
            _sign_in(services, f"http://127.0.0.1:{port}")
        finally:
            close_services(services)
    finally:
        server.terminate()
        server.wait(timeout=20)
    print("OK: signed in through oidc-provider 9 by code, PKCE, state and nonce; a stranger and a replay were refused.")
    return 0


def _sign_in(services: Services, issuer: str) -> None:
    provider = IdentityProvider.model_validate(
        {
            "name": "certified",
            "title": "Certified",
            "issuer": issuer,
            "client_id": "exchange",
            "client_secret": "a secret: with + signs / that need quoting",
            "scopes": ["openid", "email", "profile", "groups"],
            "rules": [_RULE],
            "create": True,
        }
    )
    site = at_site(services, _Now(), oidc=(provider,))
    with browsing(site) as client:
        back = _through(client.get("/signin/certified?next=/datasets").headers["location"], "ada")
        came = client.get(back)
        assert (came.status_code, came.headers.get("location")) == (303, "/datasets"), came.text
        shown = client.get("/api/v1/session").json()
        assert (shown["organisation"], shown["roles"], shown["name"]) == ("north", ["steward"], "Name of ada"), shown
        assert client.get(back).status_code == 401
    with browsing(site) as stranger:
        back = _through(stranger.get("/signin/certified").headers["location"], "eve")
        assert stranger.get(back).status_code == 401
    assert [one.allowed for one in events(site, "sign-in")] == [True, False, False]


def _through(location: str, login: str) -> str:
    """What a person does in a browser: sign in on the provider's page, agree, and be sent back."""
    with httpx.Client(timeout=20) as browser:
        answer = browser.get(location)
        for _ in range(12):
            while answer.is_redirect:
                there = urljoin(str(answer.request.url), answer.headers["location"])
                if there.startswith(SITE):
                    return there
                answer = browser.get(there)
            form = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form is not None and prompt is not None, answer.text
            filled = {"prompt": prompt[1], "login": login, "password": "any"}
            answer = browser.post(urljoin(str(answer.request.url), form[1]), data=filled)
    raise AssertionError("the provider never sent the browser back")


if __name__ == "__main__":
    sys.exit(main())
