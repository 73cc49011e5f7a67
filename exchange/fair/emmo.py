"""EMMO: classes, relations and units that BattINFO uses, and quantities of a record in its way of writing them.

IRIs as BattINFO itself maps them (property map 0.4.0, unit map 0.4.0 and context of its records, verified there
against EMMO 1.0.2, domain-battery 0.20.2 and domain-electrochemistry 0.37.2); the ontologies are CC-BY-4.0.
"""

from dataclasses import dataclass
from typing import Final

from exchange.fair.facts import Json
from schemas.metadata import Metadata

_E = "electrochemistry:electrochemistry_"
_RELATIONS: Final = {
    "hasProperty": "emmo:EMMO_e1097637_70d2_4895_973f_2396f04fa204",
    "hasNumericalPart": "emmo:EMMO_8ef3cd6d_ae58_4a8d_9fc0_ad8f49015cd0",
    "hasMeasurementUnit": "emmo:EMMO_bed1d005_b04e_4a90_94cf_02bc678a8569",
    "hasTestObject": "battery:battery_da3b3f28_aaad_4d67_b674_df47e109fb8b",
    "hasTestEquipment": "battery:battery_df4ff8f1_2cf2_444a_9498_23f533bd295c",
    "hasPositiveElectrode": f"{_E}8e9cf965_9f92_46e8_b678_b50410ce3616",
    "hasNegativeElectrode": f"{_E}5d299271_3f68_494f_ab96_3db9acdd3138",
    "hasElectrolyte": f"{_E}3bd08946_4e81_455d_9fca_dc7a5ead9315",
    "hasSeparator": f"{_E}9317be62_e602_4343_a72d_02c87201b9f6",
    "hasCurrentCollector": f"{_E}cc8c2c5d_cf3d_444d_a7e8_44ec4c06a88e",
}
_CLASSES: Final = {
    "RealData": "emmo:EMMO_18d180e4_5e3e_42f7_820c_e08951223486",
    "BatteryCell": "battery:battery_68ed592a_7924_45d0_a108_94d6275d57f0",
    "BatteryTest": "battery:battery_dca7729a_421a_4921_90cf_9692bb9eb081",
    "CylindricalBattery": "battery:battery_ac604ecd_cc60_4b98_b57c_74cd5d3ccd40",
    "PrismaticBattery": "battery:battery_86c9ca80_de6f_417f_afdc_a7e52fa6322d",
    "PouchCell": "battery:battery_392b3f47_d62a_4bd4_a819_b58b09b8843a",
    "CoinCell": "battery:battery_b7fdab58_6e91_4c84_b097_b06eff86a124",
    "Electrode": f"{_E}0f007072_a8dd_4798_b865_1bf9363be627",
    "Electrolyte": f"{_E}fb0d9eef_92af_4628_8814_e065ca255d59",
    "Separator": f"{_E}331e6cca_f260_4bf8_af55_35304fe1bbe0",
    "CurrentCollector": f"{_E}212af058_3bbb_419f_a9c6_90ba9ebb3706",
    "NominalCapacity": f"{_E}8abde9d0_84f6_4b4f_a87e_86028a397100",
    "NominalVoltage": f"{_E}639b844a_e801_436b_985d_28926129ead6",
    "LowerVoltageLimit": f"{_E}534dd59c_904c_45d9_8550_ae9d2eb6bbc9",
    "UpperVoltageLimit": f"{_E}6dcd5baf_58cd_43f5_a692_51508e036c88",
    "NPRatio": f"{_E}05012606_b93d_4016_bbc7_8a927efdf723",
    "ActiveMassLoading": f"{_E}1eeb0e2a_229a_43f1_b197_348d475067ff",
    "AreicCapacity": f"{_E}bcb33f7e_5573_4bc2_b636_4ea313a9dd3a",
    "CalenderedDensity": f"{_E}520995f8_ec9c_4b3c_bb64_2cd691947379",
    "CalenderedCoatingThickness": f"{_E}f9e1c862_c510_4b11_9141_bc91045df817",
    "SeparatorPorosity": f"{_E}a4858e4d_dd3b_48ce_97ba_3eeb8571b633",
    "Porosity": "emmo:EMMO_3a6578ac_aee0_43b9_9bc6_1eb208c8c9a9",
    "Mass": "emmo:EMMO_ed4af7ae_63a2_497e_bb88_2309619ea405",
    "Volume": "emmo:EMMO_f1a51559_aa3d_43a0_9327_918039f0dfed",
    "Width": "emmo:EMMO_e4de48b1_dabb_4490_ac2b_040f926c64f0",
    "Height": "emmo:EMMO_08bcf1d6_e719_46c8_bb21_24bc9bf34dba",
    "Thickness": "emmo:EMMO_43003c86_9d15_433b_9789_ee2940920656",
    "Diameter": "emmo:EMMO_c1c8ac3c_8a1c_4777_8e0b_14c1f9f9b0c6",
}
UNITS: Final = {
    "A.h": "emmo:AmpereHour",
    "V": "emmo:Volt",
    "g": "emmo:Gram",
    "mm": "emmo:MilliMetre",
    "um": "emmo:MicroMetre",
    "mL": "emmo:MilliLitre",
    "mg/cm2": "emmo:MilliGramPerSquareCentiMetre",
    "g/cm3": "emmo:GramPerCubicCentiMetre",
    "1": "emmo:EMMO_5ebd5e01_0ed3_49a2_a30d_cd05cbe72978",
}
"""By UCUM code. mA.h/cm2 has none: two spellings are in use, in two name spaces."""
PREFIXES: Final = {
    "emmo": "https://w3id.org/emmo#",
    "electrochemistry": "https://w3id.org/emmo/domain/electrochemistry#",
    "battery": "https://w3id.org/emmo/domain/battery#",
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
CONTEXT: Final[Json] = {
    "@version": 1.1,
    **PREFIXES,
    **{name: {"@id": iri, "@type": "@id"} for name, iri in _RELATIONS.items()},
    **_CLASSES,
    "hasNumberValue": {"@id": "emmo:EMMO_faf79f53_749d_40b2_807c_d34244c192f4", "@type": "xsd:double"},
}
"""Written into every document, so that nothing has to be fetched."""
FORMATS: Final = {
    "pouch": "PouchCell",
    "cylindrical": "CylindricalBattery",
    "prismatic": "PrismaticBattery",
    "coin": "CoinCell",
}


@dataclass(frozen=True)
class Measured:
    """A place of the record and what it is: a class, and its UCUM unit; what stands there is `per` times as large."""

    place: str
    kind: str
    ucum: str
    per: float = 1.0


OF_CELL: Final = (
    Measured("cell.nominal_capacity_ah", "NominalCapacity", "A.h"),
    Measured("cell.nominal_voltage_v", "NominalVoltage", "V"),
    Measured("cell.specification.mass_g", "Mass", "g"),
    Measured("cell.specification.width_mm", "Width", "mm"),
    Measured("cell.specification.height_mm", "Height", "mm"),
    Measured("cell.specification.thickness_mm", "Thickness", "mm"),
    Measured("cell.specification.diameter_mm", "Diameter", "mm"),
    Measured("cell.specification.n_p_ratio", "NPRatio", "1"),
)
OF_TEST: Final = (
    Measured("test.lower_voltage_v", "LowerVoltageLimit", "V"),
    Measured("test.upper_voltage_v", "UpperVoltageLimit", "V"),
)
_ELECTRODE: Final = (
    Measured("loading_mg_per_cm2", "ActiveMassLoading", "mg/cm2"),
    Measured("areal_capacity_mah_per_cm2", "AreicCapacity", "mA.h/cm2"),
    Measured("density_g_per_cm3", "CalenderedDensity", "g/cm3"),
    Measured("porosity_percent", "Porosity", "1", 100),
    Measured("thickness_um", "CalenderedCoatingThickness", "um"),
)
_COLLECTOR: Final = (Measured("collector_um", "Thickness", "um"),)
_SEPARATOR: Final = (
    Measured("thickness_um", "Thickness", "um"),
    Measured("porosity_percent", "SeparatorPorosity", "1", 100),
)
_ELECTROLYTE: Final = (Measured("amount_g", "Mass", "g"), Measured("amount_ml", "Volume", "mL"))


def quantities(record: Metadata, every: tuple[Measured, ...], at: str = "") -> list[Json]:
    """What is filled in of these, each with its class, number and unit; `at` is the group that places begin in."""
    found = ((one, record.value(at + one.place)) for one in every)
    return [_quantity(one, value) for one, value in found if isinstance(value, int | float)]


def parts(record: Metadata) -> Json:
    """Electrodes, separator and electrolyte of a cell, as far as they are described."""
    at = "cell.specification."
    made: Json = {}
    for name, relation in (("positive", "hasPositiveElectrode"), ("negative", "hasNegativeElectrode")):
        electrode = _part("Electrode", quantities(record, _ELECTRODE, f"{at}{name}."), None)
        collector = record.value(f"{at}{name}.collector")
        foil = _part("CurrentCollector", quantities(record, _COLLECTOR, f"{at}{name}."), collector)
        if foil:
            electrode = (electrode or {"@type": "Electrode"}) | {"hasCurrentCollector": foil}
        made[relation] = electrode
    named = record.value(f"{at}separator.name")
    made["hasSeparator"] = _part("Separator", quantities(record, _SEPARATOR, f"{at}separator."), named)
    composed = record.value(f"{at}electrolyte.composition")
    made["hasElectrolyte"] = _part("Electrolyte", quantities(record, _ELECTROLYTE, f"{at}electrolyte."), composed)
    return {name: part for name, part in made.items() if part}


def _part(kind: str, properties: list[Json], name: object) -> Json:
    said = {"schema:name": name, "hasProperty": properties}
    filled = {key: value for key, value in said.items() if value}
    return {"@type": kind} | filled if filled else {}


def _quantity(one: Measured, value: float) -> Json:
    unit = UNITS.get(one.ucum)
    made: Json = {
        "@type": one.kind,
        "hasNumericalPart": {"@type": "RealData", "hasNumberValue": value / one.per},
        "schema:unitText": one.ucum,
    }
    return made | ({"hasMeasurementUnit": {"@id": unit}} if unit else {})
