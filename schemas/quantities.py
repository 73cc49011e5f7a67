"""The Battery Data Format vocabulary 1.3.0: every canonical column with unit, range and IRI.

Source: Battery Data Format ontology 1.3.0, LF Energy Battery Data Alliance, Apache-2.0. The plausible
ranges are ours: a value outside is a finding, not a refusal by the vocabulary.
"""

from dataclasses import dataclass
from enum import StrEnum

VOCABULARY_VERSION = "1.3.0"
NAMESPACE = "https://w3id.org/battery-data-alliance/ontology/battery-data-format#"


class Obligation(StrEnum):
    """How strongly the vocabulary asks for a column."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"
    DEPRECATED = "deprecated"


class Kind(StrEnum):
    """What the values of a column are: real → float64, count → int64, text → string."""

    REAL = "real"
    COUNT = "count"
    TEXT = "text"


@dataclass(frozen=True)
class Quantity:
    """One term: `name` is the column name everywhere, `label` the preferred label, `ucum` the unit's code."""

    name: str
    label: str
    unit: str
    ucum: str
    obligation: Obligation
    kind: Kind
    low: float | None
    high: float | None
    also: tuple[str, ...] = ()
    successor: str = ""

    @property
    def iri(self) -> str:
        """The term's persistent identifier."""
        return NAMESPACE + self.name


def _term(
    name: str,
    label: str,
    unit: str,
    ucum: str,
    obligation: str,
    kind: str,
    low: float | None,
    high: float | None,
    also: tuple[str, ...] = (),
    successor: str = "",
) -> Quantity:
    return Quantity(name, label, unit, ucum, Obligation(obligation), Kind(kind), low, high, also, successor)


# fmt: off
TERMS: tuple[Quantity, ...] = (
    _term("current_ampere", "Current / A", "ampere", "A", "required", "real", -5000.0, 5000.0, also=("current_a",)),
    _term("test_time_second", "Test Time / s", "second", "s", "required", "real", 0.0, None, also=("test_time_s",)),
    _term("voltage_volt", "Voltage / V", "volt", "V", "required", "real", -10.0, 1000.0, also=("voltage_v",)),
    _term("ambient_temperature_celsius", "Ambient Temperature / degC", "degree Celsius", "Cel", "recommended", "real", -80.0, 300.0, also=("ambient_temperature_degc",)),
    _term("cycle_count", "Cycle Count / 1", "one", "1", "recommended", "count", 0.0, None, also=("cycle_count_1", "cycle_dimensionless")),
    _term("step_count", "Step Count / 1", "one", "1", "recommended", "count", 0.0, None, also=("step_count_1", "step_dimensionless")),
    _term("unix_time_second", "Unix Time / s", "second", "s", "recommended", "real", 946684800.0, 4102444800.0, also=("unix_time_s",)),
    _term("absolute_impedance_ohm", "Absolute Impedance / ohm", "ohm", "Ohm", "optional", "real", 0.0, None),
    _term("ac_internal_resistance_ohm", "AC Internal Resistance / ohm", "ohm", "Ohm", "optional", "real", None, None, also=("ac_resistance_ohm", "acr")),
    _term("ambient_pressure_pa", "Ambient Pressure / Pa", "pascal", "Pa", "optional", "real", 0.0, 1000000000.0, also=("ambient_pressure_pascal",)),
    _term("applied_pressure_pa", "Applied Pressure / Pa", "pascal", "Pa", "optional", "real", 0.0, 1000000000.0, also=("applied_pressure_pascal",)),
    _term("charging_capacity_ah", "Charging Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("charging_capacity_ampere_hour",)),
    _term("charging_energy_wh", "Charging Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("charging_energy_watt_hour",)),
    _term("cumulative_capacity_ah", "Cumulative Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("cumulative_capacity_ampere_hour",)),
    _term("cumulative_energy_wh", "Cumulative Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("cumulative_energy_watt_hour",)),
    _term("cycle_charging_capacity_ah", "Cycle Charging Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("cycle_charge_capacity_ah", "cycle_charging_capacity_ampere_hour")),
    _term("cycle_charging_energy_wh", "Cycle Charging Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("cycle_charge_energy_wh", "cycle_charging_energy_watt_hour")),
    _term("cycle_cumulative_capacity_ah", "Cycle Cumulative Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("cycle_cumulative_capacity_ampere_hour",)),
    _term("cycle_cumulative_energy_wh", "Cycle Cumulative Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("cycle_cumulative_energy_watt_hour",)),
    _term("cycle_discharging_capacity_ah", "Cycle Discharging Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("cycle_discharge_capacity_ah", "cycle_discharging_capacity_ampere_hour")),
    _term("cycle_discharging_energy_wh", "Cycle Discharging Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("cycle_discharge_energy_wh", "cycle_discharging_energy_watt_hour")),
    _term("cycle_net_capacity_ah", "Cycle Net Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("cycle_net_capacity_ampere_hour",)),
    _term("cycle_net_energy_wh", "Cycle Net Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("cycle_net_energy_watt_hour",)),
    _term("dc_internal_resistance_ohm", "DC Internal Resistance / ohm", "ohm", "Ohm", "optional", "real", None, None, also=("dc_resistance_ohm", "dcir")),
    _term("discharging_capacity_ah", "Discharging Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("discharging_capacity_ampere_hour",)),
    _term("discharging_energy_wh", "Discharging Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("discharging_energy_watt_hour",)),
    _term("frequency_hertz", "Frequency / Hz", "hertz", "Hz", "optional", "real", 0.0, 100000000.0),
    _term("imaginary_impedance_ohm", "Imaginary Impedance / ohm", "ohm", "Ohm", "optional", "real", None, None),
    _term("internal_resistance_ohm", "Internal Resistance / ohm", "ohm", "Ohm", "optional", "real", None, None),
    _term("net_capacity_ah", "Net Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("net_capacity_ampere_hour",)),
    _term("net_energy_wh", "Net Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("net_energy_watt_hour",)),
    _term("phase_degree", "Phase / deg", "degree", "deg", "optional", "real", -360.0, 360.0),
    _term("power_watt", "Power / W", "watt", "W", "optional", "real", None, None, also=("power_w",)),
    _term("real_impedance_ohm", "Real Impedance / ohm", "ohm", "Ohm", "optional", "real", None, None),
    _term("record_index", "Record Index / 1", "one", "1", "optional", "count", 0.0, None),
    _term("schedule_charging_capacity_ah", "Schedule Charging Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("schedule_charging_capacity_ampere_hour",)),
    _term("schedule_charging_energy_wh", "Schedule Charging Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("schedule_charging_energy_watt_hour",)),
    _term("schedule_discharging_capacity_ah", "Schedule Discharging Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("schedule_discharging_capacity_ampere_hour",)),
    _term("schedule_discharging_energy_wh", "Schedule Discharging Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("schedule_discharging_energy_watt_hour",)),
    _term("step_charging_capacity_ah", "Step Charging Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("step_charge_capacity_ah", "step_charging_capacity_ampere_hour")),
    _term("step_charging_energy_wh", "Step Charging Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("step_charge_energy_wh", "step_charging_energy_watt_hour")),
    _term("step_cumulative_capacity_ah", "Step Cumulative Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("step_capacity_ah", "step_cumulative_capacity_ampere_hour")),
    _term("step_cumulative_energy_wh", "Step Cumulative Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("step_cumulative_energy_watt_hour", "step_energy_wh")),
    _term("step_discharging_capacity_ah", "Step Discharging Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("step_discharge_capacity_ah", "step_discharging_capacity_ampere_hour")),
    _term("step_discharging_energy_wh", "Step Discharging Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("step_discharge_energy_wh", "step_discharging_energy_watt_hour")),
    _term("step_id", "Step ID", "", "", "optional", "count", None, None),
    _term("step_net_capacity_ah", "Step Net Capacity / Ah", "ampere hour", "A.h", "optional", "real", None, None, also=("step_net_capacity_ampere_hour",)),
    _term("step_net_energy_wh", "Step Net Energy / Wh", "watt hour", "W.h", "optional", "real", None, None, also=("step_net_energy_watt_hour",)),
    _term("step_record_index", "Step Record Index / 1", "one", "1", "optional", "count", 0.0, None, also=("step_index", "step_record_index_1")),
    _term("step_time_second", "Step Time / s", "second", "s", "optional", "real", 0.0, None),
    _term("step_type", "Step Type", "", "", "optional", "text", None, None),
    _term("surface_pressure_pa", "Surface Pressure / Pa", "pascal", "Pa", "optional", "real", 0.0, 1000000000.0, also=("surface_pressure_pascal",)),
    _term("surface_temperature_celsius", "Surface Temperature / degC", "degree Celsius", "Cel", "optional", "real", -80.0, 300.0, also=("surface_temperature_degc",)),
    _term("temperature_t1_celsius", "Temperature T1 / degC", "degree Celsius", "Cel", "optional", "real", -80.0, 300.0, also=("Surface Temperature T1 / degC", "surface_temperature_t1_celsius", "temperature_t1_degc")),
    _term("temperature_t2_celsius", "Temperature T2 / degC", "degree Celsius", "Cel", "optional", "real", -80.0, 300.0, also=("Surface Temperature T2 / degC", "surface_temperature_t2_celsius", "temperature_t2_degc")),
    _term("temperature_t3_celsius", "Temperature T3 / degC", "degree Celsius", "Cel", "optional", "real", -80.0, 300.0, also=("Surface Temperature T3 / degC", "surface_temperature_t3_celsius", "temperature_t3_degc")),
    _term("temperature_t4_celsius", "Temperature T4 / degC", "degree Celsius", "Cel", "optional", "real", -80.0, 300.0, also=("Surface Temperature T4 / degC", "surface_temperature_t4_celsius", "temperature_t4_degc")),
    _term("temperature_t5_celsius", "Temperature T5 / degC", "degree Celsius", "Cel", "optional", "real", -80.0, 300.0, also=("Surface Temperature T5 / degC", "surface_temperature_t5_celsius", "temperature_t5_degc")),
    _term("step_capacity_ah", "Step Capacity / Ah", "ampere hour", "A.h", "deprecated", "real", None, None, also=("step_capacity_ampere_hour",), successor="step_cumulative_capacity_ah"),
    _term("step_energy_wh", "Step Energy / Wh", "watt hour", "W.h", "deprecated", "real", None, None, also=("step_energy_watt_hour",), successor="step_cumulative_energy_wh"),
    _term("step_index", "Step Index / 1", "one", "1", "deprecated", "count", 0.0, None, also=("step_index_1",), successor="step_record_index"),
    _term("test_time_millisecond", "Test Time / ms", "millisecond", "ms", "deprecated", "real", 0.0, None, also=("test_time_ms",), successor="test_time_second"),
    _term("unix_time_millisecond", "Unix Time / ms", "millisecond", "ms", "deprecated", "real", 946684800000.0, 4102444800000.0, also=("unix_time_ms",), successor="unix_time_second"),
)
# fmt: on
QUANTITIES: dict[str, Quantity] = {term.name: term for term in TERMS}
