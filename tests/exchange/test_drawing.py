"""A picture shows pixels: whole numbers, round scales, escaped text, and nothing else."""

import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.delivery.drawing import HEIGHT, POINTS, WIDTH, Panel, drawn

VALUES = st.floats(allow_nan=True, allow_infinity=True)
PANELS = st.lists(
    st.builds(Panel, st.text(max_size=20), st.text(max_size=20), st.lists(st.tuples(VALUES, VALUES)), st.booleans()),
    max_size=3,
)


@settings(max_examples=200, deadline=None)
@given(panels=PANELS)
def test_whatever_is_drawn_the_picture_is_well_formed_and_within_its_frame(panels: list[Panel]) -> None:
    plain = [Panel(_xml(one.signal), _xml(one.axis), one.points, one.dots) for one in panels]
    root = ElementTree.fromstring(drawn(plain, "label"))
    assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {"svg", "rect", "path", "text", "circle"}
    height = HEIGHT * max(1, len(plain))
    for one in root.iter():
        for name in ("x", "y", "cx", "cy"):
            if name in one.attrib:
                assert -20 <= int(one.attrib[name]) <= max(WIDTH, height)
        numbers = re.findall(r"-?[0-9.]+", one.attrib.get("d", ""))
        assert all(0 <= int(number) <= max(WIDTH, height) for number in numbers)


def test_text_is_escaped_and_can_run_nothing() -> None:
    evil = '<script>alert(1)</script>"&'
    picture = drawn([Panel(evil, evil, [(0, 0), (1, 1)])], f'{evil}" onload="alert(1)')
    assert "<script" not in picture
    assert set(ElementTree.fromstring(picture).attrib) <= {
        "width", "height", "viewBox", "role", "aria-label", "font-family", "font-size", "fill",
    }  # fmt: skip


def test_values_that_differ_by_less_than_a_pixel_make_the_same_picture() -> None:
    one = [(float(at), 3.0 + 1.2 * (at % 7) / 7) for at in range(POINTS)]
    other = [(x, y + 0.0004) for x, y in one]
    assert drawn([Panel("V", "h", one)], "") == drawn([Panel("V", "h", other)], "")


def test_a_gap_stays_a_gap() -> None:
    assert drawn([Panel("V", "h", [(0, 1), (1, 2), (2, float("nan")), (3, 1), (4, 2)])], "").count("M") >= 2
    path = re.findall(
        r'd="(M[^"]*)" stroke="#1f5fa8"', drawn([Panel("V", "h", [(0, 1), (1, 2), (2, float("nan")), (3, 1)])], "")
    )
    assert path[0].count("M") == 2


def _xml(text: str) -> str:
    """Without characters that no XML has; labels are our own and have none."""
    return "".join(one for one in text if one in "\t\n\r" or 0x20 <= ord(one) < 0xD800 or 0xE000 <= ord(one) < 0xFFFE)
