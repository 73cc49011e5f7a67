"""Reports say everything, to the right reader, and are the same bytes whenever they are made again."""

import base64
import hashlib
import inspect
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import roundrobin
from exchange.reporting import words
from exchange.reporting.causes import likely_causes
from exchange.reporting.document import Heading
from exchange.reporting.figures.bars import mandel_h, mandel_k, scores
from exchange.reporting.figures.by_line import by_line
from exchange.reporting.figures.forest import forest
from exchange.reporting.html import html
from exchange.reporting.methods import METHODS
from exchange.reporting.participants import participants_report
from exchange.reporting.private import certificate, letter
from exchange.reporting.public import public_summary
from exchange.reporting.results_table import results_table
from exchange.reporting.sheet import sheet
from exchange.reporting.typeset import pdf, source
from schemas.errors import Conflict
from schemas.round.curves import CellWithout
from schemas.round.evaluation import CodedLine, CodedPoint
from schemas.round.levels import Levels
from schemas.round.report import Stage
from schemas.round.round import Identity
from tests import reports

EVALUATION, OWN = reports.evaluation(), reports.own()
REPORT = participants_report(EVALUATION, reports.edition(Stage.PUBLISHED))
EVERY = {
    "report": REPORT,
    "corrected": participants_report(EVALUATION, reports.edition(Stage.CORRECTED)),
    "letter": letter(EVALUATION, reports.edition(), OWN),
    "sheet": sheet(EVALUATION, reports.edition(), OWN),
    "certificate": certificate(EVALUATION, reports.edition(), OWN),
    "summary": public_summary(reports.summary(), "https://exchange.example/rounds/rr-2026/report"),
}
AGAIN = """
import hashlib
from tests.reporting.test_reports import EVERY
from exchange.reporting.html import html
from exchange.reporting.typeset import pdf
for name, one in EVERY.items():
    print(name, hashlib.sha256(html(one).encode() + pdf(one)).hexdigest())
"""


def test_the_same_evaluation_gives_the_same_bytes_in_any_process_time_zone_and_language() -> None:
    told = os.environ | {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C"}
    run = subprocess.run([sys.executable, "-c", AGAIN], env=told, capture_output=True, text=True, check=True)
    here = [f"{name} {hashlib.sha256(html(one).encode() + pdf(one)).hexdigest()}" for name, one in EVERY.items()]
    assert run.stdout.splitlines() == here


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", EVERY)
def test_a_report_is_one_file_that_needs_no_script_and_no_other_host(name: str) -> None:
    seen = _Seen()
    seen.feed(html(EVERY[name]))
    tags = [tag for tag, _ in seen.tags]
    assert not {"script", "link", "img", "iframe", "object", "a"} & set(tags)
    assert not [tag for tag, facts in seen.tags if {"style", "src", "href", "onload"} & set(facts)]
    assert tags.count("h1") == 1 and tags.count("main") == 1
    drawn = [facts for tag, facts in seen.tags if tag == "svg"]
    assert all(facts["role"] == "img" and (facts["aria-label"] or "").endswith(".") for facts in drawn)
    style = re.search(r"<style>(.*?)</style>", html(EVERY[name]), re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"sha256-{digest}" in html(EVERY[name])


def test_the_report_has_its_sections_in_order_and_lists_what_must_be_said() -> None:
    heads = [str(block.text) for block in REPORT.blocks if isinstance(block, Heading) and block.level == 2]
    wanted = [
        "Timeline",
        "Overview",
        "Discharge capacity at C/10 (mAh/g)",
        "Discharge at C/10",
        "Yield",
        "Conformance with the protocol",
        "Late data",
    ]
    wanted += ["Conflicts declared", "Amendments of the plan", "Deviations", "Methods", "Parameters", "Provenance"]
    places = [heads.index(one) for one in wanted]
    assert places == sorted(places)
    text = html(REPORT)
    for said in (
        "Contact of channel 3 lost",
        "confounded",
        "No line has a pulse",
        "Unsatisfactory",
        "h outlier",
        "works for a line that takes part",
        "Our &lt;mass&gt; was entered",
        "within-line s (cells + repeatability)",
        "every line judged with all results",
        "the limit of h is that of balanced data",
        reports.plan().sha256,
    ):
        assert said in text, said


def test_conformance_stands_under_codes_without_a_value_and_with_values_for_the_line_alone() -> None:
    text = html(REPORT)
    for said in (
        *("Coating: Dry loading, positive electrode", "12.5 (12.2 to 12.8)\u00a0mg/cm²", "◆ QX 2 of 5", "▲ HT 1 of 5"),
        *("Not counted under codes: End of line: Cell mass. Sizes tell.", "conformance/1"),
    ):
        assert said in text, said
    assert "13.05" not in text and "ROLL" not in text
    own = html(EVERY["letter"])
    assert own.count("◆ Outside, critical") == 2 and "roll ROLL-5" in own and "13.05\u00a0mg/cm²" in own
    assert "ROLL-1" not in own, "what is within stands on the sheet alone"
    assert "ROLL-1" in html(EVERY["sheet"])
    few = html(letter(reports.evaluation(4), reports.edition(), reports.own("DR")))
    assert "13.05" in few, "an own value is read with few lines, too"
    assert "onformance" not in html(EVERY["summary"]) and "onformance" not in html(EVERY["certificate"])


def test_the_levels_at_which_lines_were_judged_are_printed() -> None:
    assert "Beyond the 5 % limit of a test, of h or of k a line is a straggler, beyond 1 % an outlier" in html(REPORT)
    levels = Levels(straggler=0.1, outlier=0.02, mandel=0.005)
    text = html(participants_report(EVALUATION.model_copy(update={"levels": levels}), reports.edition()))
    assert "10 % limit" in text and "2 % limit" in text and "limit at 0.5 %" in text and "at 5 %" not in text
    assert "beyond the 0.5 % limit of h or k it is one, too" in text


def test_what_people_typed_is_text_in_every_form() -> None:
    nasty = '<b>"#eval()\\ _{x}'
    told = EVALUATION.model_copy(update={"notes": (nasty,), "title": nasty})
    made = participants_report(told, reports.edition())
    assert "<b>" not in html(made) and "&lt;b&gt;&quot;#eval()\\ _{x}" in html(made)
    assert '#"<b>\\"#eval()\\\\ _{x}"' in source(made)
    assert pdf(made).startswith(b"%PDF-")


def test_below_five_lines_there_is_no_report_and_the_letter_has_own_values_only() -> None:
    few = reports.evaluation(4)
    with pytest.raises(Conflict):
        participants_report(few, reports.edition())
    with pytest.raises(Conflict):
        public_summary(reports.summary().model_copy(update={"p": 4}))
    text = html(letter(few, reports.edition(), reports.own("DR")))
    assert "everybody reads own results only" in text
    assert "Assigned" not in text and "Satisfactory" not in text and "z′" not in text
    assert "182.0" in text  # An own value: 182.6 − 0.62.


def test_a_kpi_of_fewer_than_five_lines_has_plots_only_and_undecided_verdicts() -> None:
    few = reports.evaluation(4).kpis[0]
    text = html(participants_report(EVALUATION.model_copy(update={"kpis": (few,)}), reports.edition()))
    assert "plots only" in text and "Undecided" in text
    assert "Satisfactory" not in text and "outlier</td>" not in text


@pytest.mark.parametrize("name", ["letter", "sheet"])
def test_what_a_line_gets_names_no_other_code(name: str) -> None:
    text = html(EVERY[name])
    assert "QX" in text
    assert not [code for code in reports.CODES if code != "QX" and re.search(rf"\b{code}\b", text)]


def test_a_certificate_names_the_line_and_so_neither_its_code_nor_its_results() -> None:
    text = html(EVERY["certificate"])
    assert "North pouch line of North Line" in text and "5 cells" in text
    assert "QX" not in text and "187" not in text and "Satisfactory" not in text


def test_the_public_summary_tells_nothing_of_any_line() -> None:
    text = html(EVERY["summary"])
    assert not [code for code in reports.CODES if re.search(rf"\b{code}\b", text)]
    assert "North" not in text and "without" not in text.lower()
    assert "182.0" in text and "90.55" in text


def test_lines_are_named_only_in_a_round_of_open_identity() -> None:
    named = reports.evaluation(identity=Identity.OPEN)
    assert "Line qx" in html(participants_report(named, reports.edition()))
    assert "random letters" in html(REPORT)


def test_colour_and_place_follow_the_code_not_the_order_in_which_lines_came() -> None:
    kpi = EVALUATION.kpis[0]
    assert by_line(kpi.model_copy(update={"lines": kpi.lines[::-1]})) == by_line(kpi)


def test_every_definition_of_the_statistics_has_its_method_in_reports() -> None:
    text = "".join(path.read_text() for path in Path(inspect.getfile(roundrobin)).parent.glob("*.py"))
    used = set(re.findall(r'definition: str = "([^"]+/\d+)"', text))
    assert used and used <= set(METHODS) | {"value/1"}, used - set(METHODS)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (words.significant(182.04, 4), "182.0"),
        (words.significant(-0.00123456, 3), "−0.00123"),
        (words.significant(12345.6, 4), "12\u2009346"),
        (words.fixed(-0.001, 2), "0.00"),
        (words.significant(None, 4), "–"),
        (words.significant(float("nan"), 4), "–"),
        (words.fixed(1e300, 12)[:3], "1\u20090"),
        (words.unit("mA.h/g"), "mAh/g"),
        (words.unit("Ohm.cm2"), "Ω·cm²"),
        (words.in_unit("Share", "1"), "Share"),
        (words.unit("A.h.V-1"), "Ah·V⁻¹"),
    ],
)
def test_numbers_and_units_are_written_as_the_field_does(shown: str, expected: str) -> None:
    assert shown == expected


def test_causes_follow_what_stands_out() -> None:
    capacity = EVALUATION.kpis[0]
    assert capacity.with_left_out is not None
    of = {line.code: likely_causes(capacity, line) for line in capacity.with_left_out.lines}
    assert of["AZ"] == () and "active mass" in of["QX"][0] and "common to them" in of["QX"][1]
    assert of["VN"][0].startswith("Cell 4 is far from your others")
    assert "Your cells differ" in likely_causes(capacity, capacity.lines[4])[0]
    [shifted] = [line for line in capacity.lines if line.code == OWN.code]
    assert "look for what has changed since" in likely_causes(capacity, shifted, False, OWN.earlier)[1]
    lasting = [one.model_copy(update={"z_prime": 2.5}) for one in OWN.earlier]
    assert "look for what has lasted since" in likely_causes(capacity, shifted, False, lasting)[1]
    assert "earlier round" not in "".join(likely_causes(capacity, shifted, False, [*OWN.earlier, lasting[0]]))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=5),
        min_size=1,
        max_size=20,
    ),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_every_figure_is_drawn_whatever_the_values_are(results: list[list[float | None]], centre: float) -> None:
    lines = tuple(
        CodedLine(
            code=f"{chr(65 + place)}Z",
            n=len(values),
            mean=values[0],
            s=abs(values[-1] or 0.0),
            points=tuple(CodedPoint(cell=cell, value=value) for cell, value in enumerate(values, 1)),
            h=values[0],
            k=values[-1],
            z_prime=values[0],
            score="action",
        )
        for place, values in enumerate(results)
    )
    kpi = EVALUATION.kpis[0]
    found = kpi.all_results.model_copy(update={"assigned": centre, "robust_s": abs(centre), "assigned_u": None})
    drawn = kpi.model_copy(update={"lines": lines, "all_results": found})
    for picture in (by_line(drawn), scores(drawn), mandel_h(drawn), mandel_k(drawn), forest(drawn)):
        if picture is not None:
            root = ElementTree.fromstring(picture.svg)
            assert root.get("role") == "img" and "nan" not in picture.svg and "inf" not in picture.svg


def test_a_curve_that_no_line_has_says_why_and_draws_nothing() -> None:
    none = EVALUATION.curves[0].model_copy(
        update={
            "lines": (),
            "axis": (),
            "consensus": (),
            "refused": "Two lines have such a curve.",
            "absent": ("AZ",),
            "without": (CellWithout(code="AZ", cell=3, reason="no build of it has tables"),),
        }
    )
    made = participants_report(EVALUATION.model_copy(update={"curves": (none,)}), reports.edition())
    assert "Two lines have such a curve." in html(made)
    assert "cells that count and have no curve" in html(made) and "no build of it has tables" in html(made)
    assert not [picture for picture in made.pictures() if picture.name.startswith("curve")]


def test_zeta_and_e_n_have_columns_where_a_line_has_them() -> None:
    kpi = EVALUATION.kpis[0]
    without = results_table(kpi, kpi.lines, "Results")
    assert not {"ζ", "E_n"} & {one.name for one in without.columns}
    lines = (kpi.lines[0].model_copy(update={"zeta": -1.234, "e_n": 0.567}), *kpi.lines[1:])
    found = results_table(kpi, lines, "Results")
    at = [one.name for one in found.columns].index("ζ")
    assert found.columns[at + 1].name == "E_n" and len(found.rows[0]) == len(found.columns)
    assert found.rows[0][at : at + 2] == (words.score(-1.234), words.score(0.567))
    assert found.rows[1][at : at + 2] == ("–", "–")
