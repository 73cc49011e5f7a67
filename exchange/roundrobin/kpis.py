"""The KPI building blocks of a round in one place; each has a version and says from which clause it comes."""

from exchange.roundrobin.capacity import Base, Basis, Discharge, Occurrence, capacity_at_rate, energy_at_rate
from exchange.roundrobin.charge import Source, Way
from exchange.roundrobin.efficiency import (
    Configuration,
    coulombic_efficiency,
    cv_share,
    cycle_capacity,
    cycle_energy,
    energy_efficiency,
    equivalent_full_cycles,
    first_cycle_efficiency,
    mean_voltage,
)
from exchange.roundrobin.resistance import dc_resistance, rest_voltage
from exchange.roundrobin.retention import Ageing, capacity_ratio, cycle_retention, retention
from exchange.roundrobin.value import Definition, Kpi

__all__ = [
    "Ageing",
    "Base",
    "Basis",
    "Configuration",
    "Definition",
    "Discharge",
    "Kpi",
    "Occurrence",
    "Source",
    "Way",
    "capacity_at_rate",
    "capacity_ratio",
    "coulombic_efficiency",
    "cv_share",
    "cycle_capacity",
    "cycle_energy",
    "cycle_retention",
    "dc_resistance",
    "energy_at_rate",
    "energy_efficiency",
    "equivalent_full_cycles",
    "first_cycle_efficiency",
    "mean_voltage",
    "rest_voltage",
    "retention",
]
