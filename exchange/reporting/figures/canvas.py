"""Drawing on a plane of pixels: lines, bars, points and texts as SVG with no script, no link and no style."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

FONT: Final = "Inter, system-ui, 'Segoe UI', Roboto, 'Libertinus Serif', sans-serif"
"""The last but one is what the typesetter embeds; the file holds no font."""
TEXT, QUIET, GRID, AXIS = "#15202B", "#465663", "#E3E8EB", "#82909C"
BAND, CENTRE = "#E2F0F3", "#15202B"
DASHED = "5 4"
SIZE = 12

Point = tuple[float, float]


@dataclass
class Canvas:
    """What is drawn, in order; `width` and `height` in pixels."""

    width: int
    height: int
    parts: list[str] = field(default_factory=list)

    def line(self, start: Point, end: Point, colour: str = GRID, width: float = 1.0, dash: str = "") -> None:
        """A straight line."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        drawn = f'<path d="M{_at(start)}L{_at(end)}" stroke="{colour}" stroke-width="{number(width)}"{dashes}/>'
        self.parts.append(drawn)

    def path(self, points: Sequence[Point | None], colour: str, width: float = 1.4, dash: str = "") -> None:
        """A line through points, broken where one is not known."""
        steps, pen = [], False
        for point in points:
            if point is not None:
                steps.append(f"{'L' if pen else 'M'}{_at(point)}")
            pen = point is not None
        if steps:
            dashes = f' stroke-dasharray="{dash}"' if dash else ""
            self.parts.append(
                f'<path d="{"".join(steps)}" stroke="{colour}" stroke-width="{number(width)}" '
                f'stroke-linejoin="round"{dashes}/>'
            )

    def area(self, points: Sequence[Point], colour: str) -> None:
        """A filled polygon."""
        if len(points) > 2:
            self.parts.append(f'<path d="M{"L".join(_at(one) for one in points)}Z" fill="{colour}"/>')

    def box(self, low: Point, high: Point, fill: str, edge: str = "none") -> None:
        """A rectangle between two corners."""
        left, top = min(low[0], high[0]), min(low[1], high[1])
        wide, tall = abs(high[0] - low[0]), abs(high[1] - low[1])
        self.parts.append(
            f'<rect x="{number(left)}" y="{number(top)}" width="{number(wide)}" height="{number(tall)}" '
            f'fill="{fill}" stroke="{edge}"/>'
        )

    def dot(self, at: Point, fill: str, edge: str = "#FFFFFF", radius: float = 3.0) -> None:
        """A point."""
        self.parts.append(
            f'<circle cx="{number(at[0])}" cy="{number(at[1])}" r="{number(radius)}" fill="{fill}" stroke="{edge}"/>'
        )

    def cross(self, at: Point, colour: str) -> None:
        """A point that does not count."""
        x, y = at
        self.line((x - 3, y - 3), (x + 3, y + 3), colour, 1.4)
        self.line((x - 3, y + 3), (x + 3, y - 3), colour, 1.4)

    def mark(self, at: Point, bad: bool, colour: str) -> None:
        """The sign of a flag, its middle at the point: a diamond for bad, a triangle for a warning."""
        x, y = at
        corners = (
            ((x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)) if bad else ((x, y - 5), (x + 5, y + 4), (x - 5, y + 4))
        )
        self.area(corners, colour)

    def text(self, at: Point, text: str, anchor: str = "middle", colour: str = TEXT, bold: bool = False) -> None:
        """A text on a line; what people typed is escaped."""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{number(at[0])}" y="{number(at[1])}" text-anchor="{anchor}" fill="{colour}"{weight}>'
            f"{escape(text)}</text>"
        )

    def upright(self, at: Point, text: str, colour: str = QUIET) -> None:
        """A text from below upwards, as beside an axis."""
        x, y = number(at[0]), number(at[1])
        self.parts.append(
            f'<text x="{x}" y="{y}" transform="rotate(-90 {x} {y})" text-anchor="middle" fill="{colour}">'
            f"{escape(text)}</text>"
        )

    def svg(self, label: str) -> str:
        """The whole drawing with what it shows in one sentence."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" role="img" aria-label={quoteattr(label)} '
            f'font-family="{FONT}" font-size="{SIZE}" fill="none">'
        )
        back = f'<rect width="{self.width}" height="{self.height}" fill="#FFFFFF"/>'
        return "\n".join((head, f"<title>{escape(label)}</title>", back, *self.parts, "</svg>\n"))


def number(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0", 1 if f"{value:.1f}" == "-0.0" else 0)


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
