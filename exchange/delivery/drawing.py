"""Drawing: a picture of signals as SVG, of whole pixels, so that no value can be read back beyond what is seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from xml.sax.saxutils import escape, quoteattr

VERSION = "1"
"""Raised when this draws otherwise: pictures that an older one drew are not shown any more."""
POINTS = 500
"""Most points of a signal."""
WIDTH, HEIGHT = 720, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 24, 32
_PARTS = 5
_FAR = 1e15
"""What lies beyond is no measurement."""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One signal over one axis, drawn as a line or as dots; at most `POINTS` points."""

    signal: str
    axis: str
    points: Points
    dots: bool = False


@dataclass(frozen=True)
class _Scale:
    """From values between round numbers to pixels."""

    low: float
    high: float
    step: float
    first: int
    last: int

    def pixel(self, value: float) -> int:
        return round(self.first + (value - self.low) / (self.high - self.low) * (self.last - self.first))

    def ticks(self) -> Iterator[float]:
        for number in range(round((self.high - self.low) / self.step) + 1):
            yield self.low + number * self.step


def drawn(panels: Sequence[Panel], label: str) -> str:
    """The panels under each other; every text is escaped, there is no script, no link and no metadata."""
    height = HEIGHT * max(1, len(panels))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-label={quoteattr(label)} font-family="sans-serif" font-size="11" fill="none">'
    )
    back = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    parts = [part for number, panel in enumerate(panels) for part in _panel(panel, number * HEIGHT)]
    if not parts:
        parts = [_text(WIDTH // 2, HEIGHT // 2, "There is nothing to draw.", "middle")]
    return "\n".join((head, back, *parts, "</svg>\n"))


def _panel(panel: Panel, top: int) -> Iterator[str]:
    known = [one for one in panel.points if _known(one)]
    xs, ys = _round_numbers([x for x, _ in known]), _round_numbers([y for _, y in known])
    across = _Scale(*xs, _LEFT, WIDTH - _RIGHT)
    up = _Scale(*ys, top + HEIGHT - _BOTTOM, top + _TOP)
    yield _text(_LEFT, top + 14, panel.signal, "start")
    yield _text(WIDTH - _RIGHT, top + HEIGHT - 4, panel.axis, "end")
    for value in up.ticks():
        at = up.pixel(value)
        yield f'<path d="M{across.first} {at}H{across.last}" stroke="#d8d8d8"/>'
        yield _text(_LEFT - 6, at + 4, f"{value:.6g}", "end")
    for value in across.ticks():
        yield _text(across.pixel(value), top + HEIGHT - 18, f"{value:.6g}", "middle")
    pixels = [(across.pixel(x), up.pixel(y)) if _known((x, y)) else None for x, y in panel.points]
    yield from _dots(pixels) if panel.dots else _lines(pixels)


def _known(point: tuple[float, float]) -> bool:
    return all(isfinite(value) and abs(value) < _FAR for value in point)


def _dots(pixels: Sequence[tuple[int, int] | None]) -> Iterator[str]:
    for x, y in sorted({one for one in pixels if one is not None}):
        yield f'<circle cx="{x}" cy="{y}" r="2" fill="#1f5fa8"/>'


def _lines(pixels: Sequence[tuple[int, int] | None]) -> Iterator[str]:
    """Broken where a value is not known; a pixel that repeats the one before is left out."""
    path: list[str] = []
    before: tuple[int, int] | None = None
    for one in pixels:
        if one is not None and one != before:
            path.append(f"{'M' if before is None else 'L'}{one[0]} {one[1]}")
        before = one
    if path:
        yield f'<path d="{"".join(path)}" stroke="#1f5fa8"/>'


def _round_numbers(values: Sequence[float]) -> tuple[float, float, float]:
    """Round bounds about the values and the step between ticks (1, 2 or 5 times a power of ten): none is a value."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    # A flat signal still has a scale; differences that a float does not tell are none.
    span = max(high - low, 1e-9 * max(abs(low), abs(high)), 1e-12)
    rough = span / _PARTS
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = floor(low / step), ceil(high / step)
    return first * step, max(last, first + 1) * step, step


def _text(x: int, y: int, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#333333">{escape(text)}</text>'
