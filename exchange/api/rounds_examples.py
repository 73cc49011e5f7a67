"""Bodies of the doors of rounds, as the documentation shows them."""

_PLAN = {
    "kpis": [
        {
            "kpi": {
                "kind": "cycle-capacity",
                "id": "q-c10",
                "label": "Discharge capacity at C/10",
                "normalisation": "active-mass",
                "cycle": 3,
            },
            "sigma_from": "prescribed",
            "sigma_pt": 1.5,
        }
    ],
    "curves": [{"label": "Discharge at C/10", "cycle": 3}],
}
RECORD = {
    "title": "Round robin 2026: capacity of NMC pouch cells",
    "kind": "manufacturing",
    "protocol": {"name": "EG5 capacity check", "version": "1.0"},
    "cells_per_line": 5,
    "agreement": "rr-2026-rules",
    "closes_at": "2027-03-31T22:00:00Z",
    "plan": _PLAN,
}
FOUNDED = {"id": "rr-2026", "coordinator": "ada", "statistician": "emmy"} | RECORD
PEOPLE = {"coordinator": "ada", "statistician": "emmy", "custodian": "grace"}
PERSON = {"function": "Head of the institute", "basis": "Statutes, § 26"}
AMENDMENT = {"plan": _PLAN, "reason": "The third cycle is the first one after formation"}
