"""KPIs that a coordinator chooses and parameterises; each is computed by a versioned definition, nothing is code."""

from typing import Annotated

from pydantic import Field

from schemas.round.choosing import Basis, ChargeSource, Chosen, Measure, Normalisation, Occurrence, RateBase
from schemas.round.of_production import ProductionKpi, Yield
from schemas.round.of_tests import (
    CapacityAtRate,
    CapacityRatio,
    CapacityRetention,
    CoulombicEfficiency,
    CvShare,
    CycleCapacity,
    CycleEnergy,
    CycleRetention,
    DcResistance,
    EnergyAtRate,
    EnergyEfficiency,
    EquivalentFullCycles,
    FirstCycleEfficiency,
    MeanVoltage,
    RestVoltage,
)

__all__ = [
    "Basis",
    "CapacityAtRate",
    "CapacityRatio",
    "CapacityRetention",
    "ChargeSource",
    "Chosen",
    "CoulombicEfficiency",
    "CvShare",
    "CycleCapacity",
    "CycleEnergy",
    "CycleRetention",
    "DcResistance",
    "EnergyAtRate",
    "EnergyEfficiency",
    "EquivalentFullCycles",
    "FirstCycleEfficiency",
    "KpiChoice",
    "MeanVoltage",
    "Measure",
    "Normalisation",
    "Occurrence",
    "ProductionKpi",
    "RateBase",
    "RestVoltage",
    "Yield",
]

KpiChoice = Annotated[
    CycleCapacity
    | CapacityAtRate
    | CapacityRatio
    | CapacityRetention
    | CycleRetention
    | FirstCycleEfficiency
    | CoulombicEfficiency
    | CycleEnergy
    | EnergyAtRate
    | EnergyEfficiency
    | MeanVoltage
    | CvShare
    | DcResistance
    | RestVoltage
    | EquivalentFullCycles
    | ProductionKpi
    | Yield,
    Field(discriminator="kind"),
]
"""Every kind of KPI that can be chosen."""
