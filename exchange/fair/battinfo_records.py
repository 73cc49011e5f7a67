"""Records in the shape of BattINFO's JSON schemas, to be taken over into a workspace of BattINFO.

The schemas ask for ids under https://w3id.org/battinfo, which whoever writes a record makes. Ours are made of the
platform's own address, so that the same thing gets the same id each time; docs/decisions/0004-battinfo-ids.md.
"""

import hashlib
import json
from datetime import datetime
from typing import Final

from exchange.fair import facts, iris
from exchange.fair.battinfo import cell_iri
from exchange.fair.facts import Json
from schemas.metadata import Metadata
from schemas.published import FileKind, Published
from schemas.record.testing import Deviation

PROFILE: Final = "https://w3id.org/battinfo/schema"
VERSION: Final = "0.1.0"
"""The version of the records in BattINFO's own examples."""
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_FORMATS: Final = {"cylindrical", "prismatic", "pouch", "coin"}
_CONFIGURATIONS: Final = {
    "full": "full_cell",
    "half-positive": "half_cell",
    "half-negative": "half_cell",
    "three-electrode": "three_electrode_cell",
}
_KINDS: Final = {
    *("cycling", "capacity_check", "rate_capability", "quasi_ocv", "hppc", "ici", "gitt", "dcir", "eis"),
    *("calendar_ageing", "formation", "rpt", "duty_cycle", "characterization"),
}
_SPECIFIED: Final = {
    "nominal_capacity": ("cell.nominal_capacity_ah", "Ah"),
    "nominal_voltage": ("cell.nominal_voltage_v", "V"),
    "mass": ("cell.specification.mass_g", "g"),
    "width": ("cell.specification.width_mm", "mm"),
    "height": ("cell.specification.height_mm", "mm"),
    "thickness": ("cell.specification.thickness_mm", "mm"),
    "diameter": ("cell.specification.diameter_mm", "mm"),
}
_NEEDED: Final = {
    "cell-spec": ("cell.specification.size", "cell.made_by", "cell.specification.format", "cell.chemistry"),
    "cell-instance": ("cell",),
    "test": ("test", "cell"),
}


def write(shown: Published) -> str:
    """The records that the dataset's own record suffices for, and of each other one which fields it lacks."""
    return json.dumps(document(shown), indent=2, ensure_ascii=False)


def document(shown: Published) -> Json:
    """`records` by the name of their schema; `lacking` says what would be needed for the others."""
    record = shown.record or Metadata()
    lacking = {name: [one for one in asked if record.value(one) is None] for name, asked in _NEEDED.items()}
    makers = {"cell-spec": _cell_spec, "cell-instance": _cell_instance, "test": _test}
    made = {name: make(shown, record) for name, make in makers.items() if not lacking[name]}
    made["dataset"] = _dataset(shown, record)
    return {"conformsTo": PROFILE, "records": made, "lacking": {name: one for name, one in lacking.items() if one}}


def id_of(group: str, iri: str) -> str:
    """An id as the schemas ask for, of the first 80 bits of the SHA-256 of our own IRI."""
    number = int.from_bytes(hashlib.sha256(iri.encode()).digest()[:10])
    signs = "".join(_ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    return f"https://w3id.org/battinfo/{group}/{'-'.join(signs[at : at + 4] for at in range(0, 16, 4))}"


def _cell_spec(shown: Published, record: Metadata) -> Json:
    cell = record.cell
    assert cell is not None and cell.specification is not None and cell.chemistry is not None
    format = cell.specification.format if cell.specification.format in _FORMATS else "other"
    configuration = _CONFIGURATIONS.get(cell.configuration.value) if cell.configuration else None
    flat = {"width", "thickness"} if format in ("cylindrical", "coin") else {"diameter"}
    found = {name: (record.value(at), unit) for name, (at, unit) in _SPECIFIED.items() if name not in flat}
    spec = {
        "id": id_of("spec", f"{cell_iri(shown)}/specification"),
        "identifier": f"{cell_iri(shown)}/specification",
        "name": f"{cell.made_by} {cell.specification.size}",
        "model": cell.specification.size,
        "manufacturer": {"type": "Organization", "name": cell.made_by},
        "product_type": "research",
        "cell_format": format,
        "size_code": cell.specification.size,
        "chemistry": "/".join(part for part in (cell.chemistry, cell.negative_chemistry) if part),
        "positive_electrode_basis": cell.chemistry,
        "negative_electrode_basis": cell.negative_chemistry,
        "cell_configuration": configuration,
    }
    properties = {name: {"value": value, "unit": unit} for name, (value, unit) in found.items() if value is not None}
    return _record("cell_spec", spec, shown) | ({"properties": properties} if properties else {})


def _cell_instance(shown: Published, record: Metadata) -> Json:
    cell = record.cell
    assert cell is not None
    instance = {
        "id": id_of("cell", cell_iri(shown)),
        "cell_spec_id": id_of("spec", f"{cell_iri(shown)}/specification"),
        "name": cell.id,
        "serial_number": cell.serial,
        "batch_id": cell.batch,
        "grade": cell.grade,
        "manufactured_at": cell.made_at.date().isoformat() if cell.made_at else None,
    }
    made = _record("cell_instance", instance, shown)
    return made | {"datasets": [{"id": id_of("dataset", shown.landing), "role": "processed"}]}


def _test(shown: Published, record: Metadata) -> Json:
    test = record.test
    assert test is not None
    kind = (test.kind or "").replace("-", "_")
    chamber = test.chamber.set_temperature_c if test.chamber else None
    said = {
        "temperature": (chamber, "degC"),
        "lower_voltage": (test.lower_voltage_v, "V"),
        "upper_voltage": (test.upper_voltage_v, "V"),
    }
    conditions = {name: {"value": value, "unit": unit} for name, (value, unit) in said.items() if value is not None}
    conformance = {"status": test.conformance.value if test.conformance else "unknown"}
    held = {"deviations": [_deviation(one) for one in test.deviations]} if test.deviations else {}
    protocol = test.protocol
    made = {
        "id": id_of("test", f"{shown.iri}#test"),
        "identifier": f"{shown.iri}#test",
        "cell_id": id_of("cell", cell_iri(shown)),
        "name": shown.name,
        "kind": kind if kind in _KINDS else "other",
        "protocol_name": " ".join(one for one in (protocol.name, protocol.version) if one) if protocol else None,
        "protocol_url": iris.protocol(shown),
        "instrument_name": test.instrument.name if test.instrument else None,
        "started_at": _unix(test.started_at),
        "ended_at": _unix(test.ended_at),
        "dataset_ids": [id_of("dataset", shown.landing)],
        "conditions": conditions,
        "conformance": conformance | held if test.conformance or held else None,
    }
    return _record("test", made, shown)


def _deviation(one: Deviation) -> Json:
    made = {
        "category": one.category.replace("-", "_"),
        "description": one.text,
        "occurred_at": _unix(one.at),
        "impact": one.impact.value,
    }
    return _filled(made)


def _dataset(shown: Published, record: Metadata) -> Json:
    about = [id_of("cell", cell_iri(shown))] if record.cell else []
    about += [id_of("test", f"{shown.iri}#test")] if record.test else []
    made = {
        "id": id_of("dataset", shown.landing),
        "identifier": shown.cite_as,
        "name": shown.name,
        "description": facts.description(shown),
        "access_url": shown.landing,
        "about": about,
        "license": facts.terms(shown).iri,
        "version": facts.version(shown),
        "keywords": list(dict.fromkeys(record.keywords)),
        "creators": [
            _filled({"type": "Person", "name": one.name, "same_as": iris.person(one.orcid)}) for one in record.creators
        ],
        "publisher": _filled({"type": "Organization", "name": shown.publisher.name, "same_as": shown.publisher.ror}),
        "measurement_techniques": [record.test.kind] if record.test and record.test.kind else [],
        "variable_measured": [
            _filled({"name": one.name, "unit_text": one.unit, "same_as": one.iri}) for one in facts.columns(shown)
        ],
        "conditions_of_access": facts.conditions(shown),
        "in_language": record.language,
        "created_at": _unix(record.created_at),
        "modified_at": _unix(shown.modified_at),
        "published_at": _unix(shown.released_at),
        "distributions": [
            {
                "type": "DataDownload",
                "name": one.name,
                "content_url": one.url,
                "encoding_format": one.media_type,
                "content_size": str(one.bytes),
                "checksum": {"algorithm": "sha256", "value": one.sha256},
                "role": "raw" if one.kind is FileKind.RAW else "processed",
            }
            for one in shown.files
        ],
    }
    return _record("dataset", made, shown, licensed=False)


def _record(group: str, made: Json, shown: Published, licensed: bool = True) -> Json:
    spdx = facts.terms(shown).spdx
    return {
        "schema_version": VERSION,
        group: _filled(made),
        "provenance": {"source_type": "lab", "source_url": shown.landing, "retrieved_at": _unix(shown.modified_at)},
    } | ({"license": spdx} if spdx and licensed else {})


def _unix(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at and at.timestamp() >= 0 else None


def _filled(made: Json) -> Json:
    return {name: value for name, value in made.items() if value not in (None, "", [], {})}
