"""What can be set, run or met is in the documentation."""

import inspect
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args

import typer.main

from exchange import roundrobin
from exchange.cli import app
from exchange.roundrobin import capacity, efficiency, fading, production, resistance, retention, voltage
from exchange.roundrobin.curve import CurveDefinition
from exchange.roundrobin.value import Definition
from exchange.settings import Settings
from ingest.derived import impedance, pulses, rests, steps, summary
from ingest.formats import READERS
from schemas.round.kpis import Chosen, KpiChoice

ROOT = Path(__file__).parents[1]
ASVS_LEVEL_2 = 246
"""Requirements of levels 1 and 2 in V1 to V16 of version 5.0.0."""


def test_every_setting_is_described_for_operators() -> None:
    described = (ROOT / "docs/operators/settings.md").read_text()
    missing = [name for name in Settings.model_fields if f"`EXCHANGE_{name.upper()}`" not in described]
    assert missing == []


def test_every_format_has_its_row() -> None:
    described = (ROOT / "docs/formats.md").read_text()
    assert [reader.name for reader in READERS if reader.name not in described] == []


def test_every_column_of_every_table_is_described_with_its_unit() -> None:
    described = (ROOT / "docs/tables.md").read_text()
    sections = {part.split(" ", 1)[0]: part for part in described.split("\n## ")[1:]}
    tables = {"cycles": summary.FIELDS}
    tables |= {
        name: module.COLUMNS
        for name, module in {"steps": steps, "rests": rests, "pulses": pulses, "impedance": impedance}.items()
    }
    missing = []
    for table, columns in tables.items():
        rows = [line for line in sections[table].splitlines() if line.startswith("| `")]
        for name, column in columns.items():
            row = next((one for one in rows if f"`{name}`" in one.split("|")[1]), "")
            if not row or (column.unit and column.unit not in row.split("|")[2]):
                missing.append(f"{table}.{name} ({column.unit})")
    assert missing == []


def test_every_kpi_is_described_with_its_unit() -> None:
    rows = [line.split("|") for line in (ROOT / "docs/kpis.md").read_text().splitlines() if line.startswith("| `")]
    described = {row[1].strip(" `"): row[2].strip() for row in rows}
    modules = (capacity, efficiency, resistance, retention, production)
    defined = [one for module in modules for one in vars(module).values() if isinstance(one, Definition)]
    assert described == {one.name: one.unit for one in defined}


def test_every_kind_of_kpi_that_can_be_chosen_is_described_with_what_it_asks_for() -> None:
    rows = [line.split("|") for line in (ROOT / "docs/kpis.md").read_text().splitlines() if line.startswith("| ")]
    described = {row[1].strip(): row[2] for row in rows if len(row) == 5}
    shared = {*Chosen.model_fields, "kind"}
    for choice in get_args(get_args(KpiChoice)[0]):
        (kind,) = get_args(choice.model_fields["kind"].annotation)
        said = described["capacity-at-rate" if "as capacity-at-rate" in described[kind] else kind]
        assert [name for name in choice.model_fields if name not in shared and f"`{name}`" not in said] == [], kind


def test_every_statistic_is_described_with_the_version_of_its_definition() -> None:
    described = (ROOT / "docs/statistics.md").read_text()
    results = [one for one in vars(roundrobin).values() if isinstance(one, type) and is_dataclass(one)]
    versions = [field.default for one in results for field in fields(one) if field.name == "definition"]
    functions = [name for name in roundrobin.__all__ if inspect.isfunction(getattr(roundrobin, name))]
    assert len(versions) > 15 and len(functions) > 30
    assert [one for one in (*versions, *functions) if isinstance(one, str) and f"`{one}`" not in described] == []


def test_every_curve_is_described_with_its_units() -> None:
    rows = [
        line.split("|") for line in (ROOT / "docs/statistics.md").read_text().splitlines() if line.startswith("| `")
    ]
    described = {row[1].split("`")[1]: row[2].strip() for row in rows}
    defined = [one for module in (fading, voltage) for one in vars(module).values() if isinstance(one, CurveDefinition)]
    assert len(defined) == 4
    assert [one.name for one in defined if described[one.name] != f"{one.x_unit}, {one.y_unit}"] == []


def test_every_command_is_mentioned() -> None:
    texts = "".join(path.read_text() for path in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group
    assert [name for name in commands if f"exchange {name}" not in texts] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
            if not target.startswith("http") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} → {target}")
    assert broken == []


def test_every_test_that_the_security_page_names_exists() -> None:
    named = re.findall(r"([\w/]+\.py)::(\w+)", (ROOT / "docs/security.md").read_text())
    assert len(named) > 100
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / "tests" / path).exists() or f"def {name}(" not in (ROOT / "tests" / path).read_text()
    ]
    assert missing == []


def test_the_security_page_judges_every_requirement_of_asvs_level_2_once() -> None:
    table = (ROOT / "docs/security.md").read_text().partition("## OWASP ASVS")[2]
    judged = [
        f"{section}.{number}"
        for cell in re.findall(r"^\| ([\d., –]+) \|", table, re.MULTILINE)
        for section, first, last in re.findall(r"(\d+\.\d+)\.(\d+)(?:–\d+\.\d+\.(\d+))?", cell)
        for number in range(int(first), int(last or first) + 1)
    ]
    assert len(judged) == len(set(judged)) == ASVS_LEVEL_2
