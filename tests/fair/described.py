"""Records of every kind, filled in as a careful line would, for what is exported."""

from schemas.metadata import DatasetKind, Metadata
from tests.records import Json, record

_COMMON: Json = {
    "description": "What a careful line would say of its data, so that a stranger knows what they are and what for.",
    "line": "North 1",
    "keywords": ["lithium-ion", "pilot line"],
    "language": "en",
    "creators": [
        {
            "name": "Ada Example",
            "orcid": "0000-0002-1825-0097",
            "affiliation": "North Line",
            "ror": "https://ror.org/010nsgg66",
            "agreed": True,
        },
        {"name": "Grace Unnamed"},
    ],
    "contributors": [{"name": "Emmy Example", "role": "DataCurator", "agreed": True}],
    "contact": {"name": "Battery test team", "email": "tests@north.example"},
    "funding": [
        {
            "funder": "European Commission",
            "grant": "101069765",
            "title": "A project of pilot lines",
            "url": "https://cordis.europa.eu/project/id/101069765",
        }
    ],
    "licence": "CC-BY-4.0",
    "related": [
        {"relation": "IsSupplementTo", "id": "10.5281/zenodo.1234", "title": "The paper"},
        {"relation": "References", "id": "https://north.example/report"},
    ],
    "created_at": "2026-03-01T08:00:00+01:00",
    "time_zone": "Europe/Berlin",
}
_TEST: Json = {
    "cell": {
        "id": "A-01",
        "configuration": "full",
        "chemistry": "NMC622",
        "nominal_capacity_ah": 5.0,
        "specification": {"format": "pouch", "mass_g": 98.4},
    },
    "test": {
        "kind": "cycling",
        "lower_voltage_v": 2.7,
        "upper_voltage_v": 4.2,
        "protocol": {"name": "RR-2026-1", "version": "2"},
        "instrument": {"name": "Arbin LBT", "maker": "Arbin", "model": "LBT 21084", "serial": "17", "channel": "3"},
        "started_at": "2026-03-02T08:00:00+01:00",
        "ended_at": "2026-03-09T08:00:00+01:00",
    },
}
_OF_KIND: dict[DatasetKind, Json] = {
    DatasetKind.ROUND_ROBIN_TEST: _TEST,
    DatasetKind.CELL_TEST: _TEST,
    DatasetKind.PRODUCTION_RUN: {
        "production": {"run": "RUN-7", "steps": [{"step": "coating", "machine": "Coater 1"}], "lots_out": ["L-1"]}
    },
    DatasetKind.MATERIAL: {"material": {"name": "NMC811", "purity_percent": 99.9, "supplier": "A maker"}},
    DatasetKind.PROTOCOL: {"protocol": {"name": "RR-2026-1", "version": "2", "tests": ["cycling"]}},
    DatasetKind.DOCUMENT: {"document": {"type": "guideline", "version": "1"}},
}


def described(kind: DatasetKind, **other: object) -> Metadata:
    """A record of this kind that may be published openly; `other` fields take the place of these."""
    return Metadata.model_validate(record(_COMMON | _OF_KIND[kind], title=f"A {kind.value}", kind=kind.value, **other))
