"""The demonstration: a small invented network whose lines make cells from an equivalent-circuit model."""
