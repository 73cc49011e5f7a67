"""The production template is handed out to whoever is signed in, and by the command line, the same bytes."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from exchange import cli
from exchange.services import Services
from tests.apps import create_app
from tests.worlds import World


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_partner_gets_the_template_and_a_stranger_does_not(
    services: Services, world: World, form: str, tmp_path: Path
) -> None:
    with TestClient(create_app(services)) as client:
        address = f"/api/v1/templates/production.{form}"
        assert client.get(address).status_code == 401
        answer = client.get(address, headers=world.header("partner"))
    assert answer.status_code == 200 and f"production.{form}" in answer.headers["content-disposition"]
    out = tmp_path / f"t.{form}"
    assert CliRunner().invoke(cli.app, ["template", "production", "--out", str(out)]).exit_code == 0
    assert out.read_bytes() == answer.content


def test_the_command_refuses_another_ending(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["template", "production", "--out", str(tmp_path / "t.pdf")])
    assert result.exit_code == 2 and ".xlsx" in result.output
