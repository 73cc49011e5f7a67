"""The properties of the Battery Pass data model that a sheet can have or lack, in our own words.

Names and which are required: github.com/batterypass/BatteryPassDataModel, version 1.2.0 (performance: 1.2.1),
(c) Circulor GmbH on behalf of the Battery Pass Consortium. The repository is CC-BY-4.0; its file of MaterialComposition
says CC-BY-NC-4.0 of itself. Nothing but names is taken, and the misspelt ones are the model's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.passport import NotKnown

DATA_MODEL: Final = "Battery Pass data model 1.2.0 (performance and durability 1.2.1)"
GENERAL, MATERIAL = "GeneralProductInformation", "MaterialComposition"
PERFORMANCE, CARBON = "PerformanceAndDurability", "CarbonFootprint"


@dataclass(frozen=True)
class Known:
    """A property: what it means, what it is made of, whether there are several, whether its schema requires it."""

    meaning: str
    within: Mapping[str, "Known"] = field(default_factory=dict)
    many: bool = False
    required: bool = True


def unknown(part: str, there: Mapping[str, Any]) -> Iterator[NotKnown]:
    """Every property of a part that is not there; of a group of which nothing is there, the group alone."""
    yield from _missing(part, "", MODEL[part], there)


def _missing(part: str, at: str, known: Mapping[str, Known], there: Mapping[str, Any]) -> Iterator[NotKnown]:
    for name, one in known.items():
        path = f"{at}/{name}"
        if name not in there:
            yield NotKnown(part=part, path=path, meaning=one.meaning, required=one.required)
        elif one.many:
            for number, each in enumerate(there[name]):
                yield from _missing(part, f"{path}/{number}", one.within, each)
        elif one.within:
            yield from _missing(part, path, one.within, there[name])


def _dated(name: str, meaning: str) -> Known:
    return Known(meaning, {name: Known(meaning), "lastUpdate": Known("When that was so")})


_ADDRESS = {
    "addressCountry": Known("Country"),
    "postalCode": Known("Postal code"),
    "streetAddress": Known("Street and number"),
}
_CONTACT = {
    "contactName": Known("Name"),
    "postalAddress": Known("Postal address", _ADDRESS),
    "identifier": Known("Identifier of the economic operator"),
    "emailAddress": Known("E-mail address", required=False),
    "webAddress": Known("Web address", required=False),
}
_GENERAL = {
    "productIdentifier": Known("Identifier of the battery"),
    "batteryPassportIdentifier": Known("Identifier of the passport, which is given when one is issued"),
    "batteryCategory": Known("Category: light means of transport, electric vehicle, industrial, stationary"),
    "manufacturerInformation": Known("Manufacturer", _CONTACT),
    "manufacturingDate": Known("When it was made"),
    "batteryStatus": Known("Status: original, repurposed, reused, remanufactured, waste"),
    "batteryMass": Known("Mass of the battery in kg"),
    "manufacturingPlace": Known("Where it was made", _ADDRESS),
    "operatorInformation": Known("Economic operator who places it on the market", _CONTACT),
    "puttingIntoService": Known("When it was put into service"),
    "warrentyPeriod": Known("How long the commercial warranty lasts"),
}
_LOCATION = {"componentName": Known("Component"), "componentId": Known("Id of the component", required=False)}
_MATERIAL = {
    "batteryChemistry": Known(
        "Chemistry", {"shortName": Known("Chemistry in short"), "clearName": Known("Chemistry in words")}
    ),
    "batteryMaterials": Known(
        "Materials of electrodes, electrolyte and separator",
        {
            "batteryMaterialLocation": Known("Component that holds the material", _LOCATION),
            "batteryMaterialIdentifier": Known("CAS number of the material"),
            "batteryMaterialName": Known("Name of the material"),
            "batteryMaterialMass": Known("Mass of the material in g"),
            "isCriticalRawMaterial": Known("Whether it is a critical raw material, which is a legal assessment"),
        },
        many=True,
    ),
    "hazardousSubstances": Known("Hazardous substances with class, concentration, impact and place"),
}
_TECHNICAL = {
    "originalPowerCapability": Known("Power capability before use, by state of charge"),
    "ratedMaximumPower": Known("Maximum power that it is rated for, in kW"),
    "powerCapabilityRatio": Known("Power in W to energy in Wh"),
    "ratedEnergy": Known("Rated energy in kWh"),
    "expectedNumberOfCycles": Known("Cycles that it is expected to last"),
    "initialSelfDischarge": Known("Self-discharge before use in % a month"),
    "roundtripEfficiency": Known("Energy efficiency of a cycle before use in %"),
    "ratedCapacity": Known("Rated capacity in Ah"),
    "initialInternalResistance": Known(
        "Internal resistance before use",
        {
            "ohmicResistance": Known("Resistance in ohm"),
            "batteryComponent": Known("Of what: cell, module, pack"),
        },
        many=True,
    ),
    "expectedLifetime": Known("Years that it is expected to last"),
    "cRate": Known("Nominal power to energy, as a C-rate", required=False),
    "nominalVoltage": Known("Nominal voltage in V"),
    "minimumVoltage": Known("Minimum voltage in V"),
    "maximumVoltage": Known("Maximum voltage in V"),
    "capacityThresholdForExhaustion": Known("Remaining energy in % below which it counts as exhausted"),
    "lifetimeReferenceTest": Known("Address of the cycle-life test that its lifetime refers to"),
    "cRateLifeCycleTest": Known("C-rate of the cycle-life test"),
    "temperatureRangeIdleState": Known("Temperatures that it withstands while idle"),
    "roundTripEfficiencyat50PerCentCycleLife": Known("Energy efficiency at half its cycle life in %"),
    "roundTripEfficiencyFade": Known("Fade of the energy efficiency in %"),
    "powerFade": Known("Fade of the power in %"),
}
_CONDITION = {
    "energyThroughput": _dated("energyThroughputValue", "Energy that went through it, in kWh"),
    "capacityThroughput": _dated("capacityThroughputValue", "Charge that went through it, in Ah"),
    "numberOfFullCycles": _dated("numberOfFullCyclesValue", "Whole cycles"),
    "stateOfCertifiedEnergy": _dated("stateOfCertifiedEnergyValue", "Energy in % of the certified one"),
    "capacityFade": _dated("capacityFadeValue", "Fade of the capacity in % of the rated one"),
    "remainingEnergy": _dated("remainingEnergyValue", "Remaining energy in kWh"),
    "remainingCapacity": _dated("remainingCapacityValue", "Remaining capacity in Ah"),
    "negativeEvents": Known("Accidents and other negative events"),
    "temperatureInformation": Known("Times at extreme temperatures"),
    "remainingPowerCapability": Known("Remaining power capability by state of charge"),
    "evolutionOfSelfDischarge": _dated("evolutionOfSelfDischargeValue", "Change of self-discharge in %"),
    "currentSelfDischargingRate": _dated("currentSelfDischargingRateValue", "Self-discharge now"),
    "internalResistanceIncrease": Known("Increase of the internal resistance in %"),
    "remainingRoundTripEnergyEfficiency": _dated(
        "remainingRoundTripEnergyEfficiencyValue", "Remaining energy efficiency of a cycle in %"
    ),
    "stateOfCharge": _dated("stateOfChargeValue", "State of charge in %"),
}
MODEL: Final[dict[str, dict[str, Known]]] = {
    GENERAL: _GENERAL,
    MATERIAL: _MATERIAL,
    PERFORMANCE: {
        "batteryTechicalProperties": Known("Technical properties", _TECHNICAL),
        "batteryCondition": Known("Condition during its use", _CONDITION),
    },
    CARBON: {
        "batteryCarbonFootprint": Known("kg of carbon dioxide equivalent per kWh over its service life"),
        "carbonFootprintPerLifecycleStage": Known("The same by stage of its life"),
        "carbonFootprintPerformanceClass": Known("Class of its carbon footprint"),
        "carbonFootprintStudy": Known("Address of the study behind these values"),
        "absoluteCarbonFootprint": Known("kg of carbon dioxide equivalent in all", required=False),
    },
}
"""By part, in the order of its schema."""
