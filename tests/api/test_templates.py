"""Templates are handed out to whoever is signed in, and by the command line, the same bytes."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from exchange import cli
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from tests.apps import create_app
from tests.worlds import World, network


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


@pytest.mark.parametrize("form", ["xlsx", "csv", "yaml", "json"])
def test_the_template_for_metadata_is_the_same_by_address_and_by_command(
    sqlite_url: str, tmp_path: Path, form: str
) -> None:
    settings = Settings(data=tmp_path / "data", database_url=sqlite_url, _env_file=None)  # type: ignore[call-arg]  # no .env here
    services = open_services(settings)
    world, address = network(services), f"/api/v1/templates/metadata.{form}?kind=material"
    with TestClient(create_app(services)) as client:
        assert client.get(address).status_code == 401
        answer = client.get(address, headers=world.header("partner"))
        wrong = client.get(address + "s", headers=world.header("partner"))
    close_services(services)
    assert wrong.status_code == 422 and "nearest is 'material'" in wrong.text
    assert answer.status_code == 200 and f"metadata-material.{form}" in answer.headers["content-disposition"]
    out = tmp_path / f"t.{form}"
    assert CliRunner().invoke(cli.app, ["template", "metadata", "--kind", "material", "--out", str(out)]).exit_code == 0
    assert out.read_bytes() == answer.content


@pytest.mark.parametrize("what", ["production", "metadata"])
def test_the_command_refuses_another_ending(tmp_path: Path, what: str) -> None:
    result = CliRunner().invoke(cli.app, ["template", what, "--out", str(tmp_path / "t.pdf")])
    assert result.exit_code == 2 and ".xlsx" in result.output
