"""The container files keep their promises: they fit together, publish little, and hold no secret."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from exchange.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text()
Json = dict[str, Any]  # Any: a YAML document
COMPOSE: Json = yaml.safe_load(TEXT)
SERVICES: Json = COMPOSE["services"]


def test_the_file_fits_the_compose_specification() -> None:
    # The specification's own schema, as the checker brings it along; nothing is fetched.
    checker = Path(sys.executable).parent / "check-jsonschema"
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_services_name_is_there() -> None:
    for name, service in SERVICES.items():
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"]), name
        assert {config["source"] for config in service.get("configs", [])} <= set(COMPOSE["configs"]), name
        for other, how in service.get("depends_on", {}).items():
            # Who waits for another's health must share a network with it, or waits for what it cannot use.
            assert other in SERVICES
            healthy = how["condition"] != "service_healthy"
            assert healthy or "test" in SERVICES[other]["healthcheck"], other
            assert set(service["networks"]) & set(SERVICES[other]["networks"]), (name, other)


def test_only_the_api_and_the_signed_links_are_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert set(published) == {"api", "seaweedfs"}
    for ports in published.values():
        assert all(port.startswith("127.0.0.1:${") for port in ports)
    assert [name for name, service in SERVICES.items() if "front" in service["networks"]] == ["api", "seaweedfs"]
    assert [name for name, network in COMPOSE["networks"].items() if not network.get("internal")] == ["front"]


def test_no_secret_has_a_default() -> None:
    used = re.findall(r"\$\{([A-Z0-9_]+)([^}]*)\}", TEXT)
    assert used
    for name, rest in used:
        if re.search("SECRET|PASSWORD|KEY", name):
            assert rest.startswith(":?"), f"{name} must be asked for"
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|KEY", name):
                assert re.fullmatch(r"\$\{[A-Z0-9_]+:\?[^}]+\}", value), name


def test_every_variable_of_the_platform_is_a_setting() -> None:
    known = {f"EXCHANGE_{name.upper()}" for name in Settings.model_fields}
    assert set(SERVICES["api"]["environment"]) <= known
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"(EXCHANGE_[A-Z0-9_]+)=", dockerfile)) <= known


def test_every_variable_that_an_operator_may_set_is_in_the_guide() -> None:
    guide = (ROOT / "docs" / "operators" / "compose.md").read_text()
    for name in set(re.findall(r"\$\{([A-Z0-9_]+)", TEXT)):
        assert f"`{name}`" in guide, name


def test_the_store_and_the_database_are_pinned_and_tell_nobody() -> None:
    store = SERVICES["seaweedfs"]
    assert re.search(r":4\.46@sha256:[0-9a-f]{64}$", store["image"])
    assert {"-master.telemetry=false", "-s3.autoCreateBucket=false", "-s3.allowDeleteBucketNotEmpty=false"} <= set(
        store["command"]
    )
    assert re.fullmatch(r"postgres:1[78]", SERVICES["postgres"]["image"])


@pytest.mark.parametrize("service", ["api", "worker", "migrate"])
def test_the_platform_runs_without_privileges(service: str) -> None:
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service]["security_opt"] == ["no-new-privileges:true"]


def test_commands_are_commands_of_the_platform() -> None:
    from typer.main import get_command

    from exchange.cli import app

    commands = getattr(get_command(app), "commands")  # noqa: B009  # a group; its type does not say so
    for name in ("api", "worker", "migrate"):
        program, command, *options = SERVICES[name]["command"]
        assert program == "exchange"
        known = {flag for parameter in commands[command].params for flag in parameter.opts}
        assert {option for option in options if option.startswith("--")} <= known


def test_the_image_holds_the_whole_platform_hashed_and_without_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]

    copied = re.findall(r"^COPY (\S+) \1$", dockerfile, re.MULTILINE)
    assert set(copied) == set(packages["packages"])
    needed = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    locks = {"requirements.lock", "requirements-mpr.lock"}
    assert {*copied, *locks, "pyproject.toml", "README.md", "LICENSE"} == needed
    assert all(re.search(rf"--require-hashes (--no-deps )?-r {lock}", dockerfile) for lock in locks)
    assert "USER exchange" in dockerfile.split("FROM")[-1]
    assert "HEALTHCHECK" in dockerfile
