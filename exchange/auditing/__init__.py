"""The audit from behind: its chain, who looked, what is kept of persons and for how long."""
