"""A lithium-ion cell as an equivalent circuit: what the demonstration's files are made from."""

from dataclasses import dataclass

# Only + − × ÷ on floats: the same bits on every machine, where a mathematical library would differ in the last one.

OPEN_CIRCUIT_V = (
    2.4988, 2.9208, 3.1093, 3.2106, 3.2958, 3.3786, 3.4339, 3.4642, 3.4852, 3.5056, 3.5286, 3.5545, 3.5815, 3.6068,
    3.6291, 3.6487, 3.6671, 3.6856, 3.7055, 3.7274, 3.7510, 3.7751, 3.7984, 3.8201, 3.8406, 3.8625, 3.8896, 3.9207,
    3.9480, 3.9714, 3.9944, 4.0182, 4.0422, 4.0641, 4.0810, 4.0911, 4.0967, 4.1048, 4.1236, 4.1566, 4.2001,
)  # fmt: skip
"""Open-circuit voltage in V at every 2.5 % state of charge from 0 to 100 %.

Positive minus negative electrode potential of the LG M50 cell (NMC 811 against graphite-SiOx), from the fitted
functions and stoichiometry limits in C.-H. Chen et al., J. Electrochem. Soc. 167 (2020) 080534.
"""


@dataclass(frozen=True)
class Cell:
    """What one cell is made of.

    A Thevenin circuit: open-circuit voltage, an ohmic resistance, one resistor-capacitor pair (G. L. Plett, Battery
    Management Systems, vol. 1, 2015, ch. 2). Of the first charge the fraction `formation_efficiency` is stored and
    the rest lost to the solid-electrolyte interphase; of later charges `coulombic_efficiency` is stored. Each
    cycle takes the fraction `fade_per_cycle` of the fresh capacity. `state_of_charge` is that of the fresh cell.
    """

    capacity_ah: float
    ohmic_ohm: float = 0.022
    transfer_ohm: float = 0.014
    time_constant_s: float = 45.0
    formation_efficiency: float = 0.88
    coulombic_efficiency: float = 0.9996
    fade_per_cycle: float = 0.0008
    state_of_charge: float = 0.001


def open_circuit(state_of_charge: float) -> tuple[float, float]:
    """Voltage in V at a state of charge from 0 to 1, and its slope in V per unit: straight between the points."""
    intervals = len(OPEN_CIRCUIT_V) - 1
    index = min(max(int(state_of_charge * intervals), 0), intervals - 1)
    slope = (OPEN_CIRCUIT_V[index + 1] - OPEN_CIRCUIT_V[index]) * intervals
    return OPEN_CIRCUIT_V[index] + slope * (state_of_charge - index / intervals), slope


class Circuit:
    """A cell at a moment: its state of charge, and the voltage over its resistor-capacitor pair."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self._state_of_charge = cell.state_of_charge
        self._pair_v = 0.0
        self.begin_cycle(1)

    def begin_cycle(self, number: int) -> None:
        """From now on the cell is in this cycle of its life, counted from 1."""
        cell = self.cell
        self._capacity_as = 3600 * cell.capacity_ah * (1 - cell.fade_per_cycle * (number - 1))
        self._stored = cell.formation_efficiency if number == 1 else cell.coulombic_efficiency

    def voltage(self, current_a: float) -> float:
        """Volts at the terminals when this current is switched on now; charge is positive."""
        return open_circuit(self._state_of_charge)[0] + self._pair_v + self.cell.ohmic_ohm * current_a

    def carry(self, current_a: float, seconds: float) -> None:
        """Let a constant current flow (backward Euler for the pair)."""
        self._charge(current_a * seconds)
        self._relax(current_a, seconds)

    def hold(self, volts: float, current_a: float, seconds: float) -> float:
        """Hold the voltage, charging from `current_a` on; the current in A at the end.

        Solves volts = U(s₁) + u₁ + R₀·i₁ for i₁, with s₁ from the mean of both currents and u₁ by backward Euler.
        """
        open_v, slope = open_circuit(self._state_of_charge)
        per_amp = slope * self._stored * seconds / (2 * self._capacity_as)
        ratio = seconds / self.cell.time_constant_s
        left = volts - open_v - per_amp * current_a - self._pair_v / (1 + ratio)
        resistance = self.cell.ohmic_ohm + per_amp + ratio * self.cell.transfer_ohm / (1 + ratio)
        ending_a = left / resistance
        self._charge((current_a + ending_a) / 2 * seconds)
        self._relax(ending_a, seconds)
        return ending_a

    def copy(self) -> "Circuit":
        """The same cell in the same state, to try something on."""
        twin = Circuit(self.cell)
        twin.__dict__.update(self.__dict__)
        return twin

    def _charge(self, ampere_seconds: float) -> None:
        stored = self._stored if ampere_seconds > 0 else 1.0
        self._state_of_charge += stored * ampere_seconds / self._capacity_as

    def _relax(self, current_a: float, seconds: float) -> None:
        ratio = seconds / self.cell.time_constant_s
        self._pair_v = (self._pair_v + ratio * self.cell.transfer_ohm * current_a) / (1 + ratio)
