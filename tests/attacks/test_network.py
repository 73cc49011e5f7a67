"""Attacks by the network: addresses forged, servers sent on errands, tokens where they can be read."""

import ast
import logging
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.api.test_exchange import Installation, Line

ROOT = Path(__file__).parents[2]
MAY_FETCH = {"exchange/sign_in", "exchange/demo"}
"""Sign-in asks the providers that the operator has set; the demonstration is a client."""


def test_ssrf_no_part_of_the_server_fetches_an_address(north: Line) -> None:
    clients = {"httpx", "requests", "urllib.request", "aiohttp", "http.client", "urllib3", "ftplib", "socket"}
    for path in [*ROOT.glob("exchange/**/*.py"), *ROOT.glob("ingest/**/*.py"), *ROOT.glob("access/**/*.py")]:
        module = path.relative_to(ROOT).as_posix()
        if any(module.startswith(one) for one in MAY_FETCH):
            continue
        found = {name for name in _imported(path) if name in clients}
        allowed = {
            "exchange/serve.py": {"socket"},
            "exchange/worker.py": {"socket"},
            "exchange/telling/mail.py": {"socket"},
        }
        # DataCite's address is the operator's setting; it gets what the world sees, and no redirection is followed.
        allowed |= {"exchange/publishing/registry.py": {"httpx"}}
        # Commands that somebody gives on their own machine, to the server that they name.
        allowed |= {"exchange/commands/remote.py": {"httpx"}}
        # Pairs within this machine, to talk with the child that reads files.
        allowed |= {"ingest/child.py": {"socket"}, "ingest/sandbox.py": {"socket"}}
        assert found <= allowed.get(module, set()), f"{module} imports {found}"


def _imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{one.name}" for one in node.names}
    return names


def test_forged_proxy_headers(installation: Installation, north: Line) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    north.http.get("/datasets", headers=forged).raise_for_status()
    with installation.services.sessions.read() as session:
        kept = set(session.scalars(text("SELECT DISTINCT address FROM plx_audit_person")))
    assert "203.0.113.9" not in kept


def test_token_in_url(installation: Installation) -> None:
    token = installation.world.tokens["north"]
    for name in ("token", "access_token", "authorization"):
        answer = httpx.get(f"{installation.address}/api/v1/me", params={name: token})
        assert answer.status_code in (401, 422)
        assert token not in answer.text


def test_token_in_log(installation: Installation, north: Line, capfd: pytest.CaptureFixture[str]) -> None:
    token = installation.world.tokens["north"]
    httpx.get(f"{installation.address}/api/v1/me", params={"token": token})
    north.http.get("/me").raise_for_status()
    said = capfd.readouterr()
    assert token not in said.out and token not in said.err
    assert "answered" in said.out + said.err or logging.root.level > logging.INFO
