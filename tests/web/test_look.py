"""The look: contrast computed from the tokens, the weight of what is sent, the words and pictures of the tags."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import NoReverseMatch

import goodstanding.web
from goodstanding.web.forms import LookForm
from goodstanding.web.templatetags import look

WEB = Path(goodstanding.web.__file__).parent
STATIC = WEB / "static" / "gs"
SHEET = (STATIC / "look.css").read_text(encoding="utf-8")


# Contrast


def tokens() -> dict[str, dict[str, str]]:
    """The colors of both schemes: the first `:root` is light, the one in the dark media query overrides it."""
    light_block, dark_block = re.findall(r":root\{(.*?)\}", SHEET, re.DOTALL)[:2]
    light = dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})", light_block))
    return {"light": light, "dark": light | dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})", dark_block))}


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("paper", "surface", "sunken")
TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "ink-2", "ink-3", "accent", "accent-deep", "unmet") for ground in GROUNDS),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-deep"),
    ("paper", "unmet"),
    ("paper", "ink"),
    *((text, "accent-soft") for text in ("ink", "ink-2", "accent")),
    *((text, f"{tone}-soft") for tone in ("met", "unmet", "unknown") for text in (tone, "ink", "accent")),
]
LINE_PAIRS = [
    *((line, ground) for line in ("line-strong", "accent", "met", "unmet", "unknown") for ground in GROUNDS),
    ("unknown", "unknown-soft"),
    ("accent", "line"),
    ("met", "line"),
    ("unknown", "line"),
]


def test_contrast_of_known_colors() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    colors = tokens()[scheme]
    assert contrast(colors[text], colors[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), LINE_PAIRS)
def test_lines_that_carry_meaning_stand_out(scheme: str, line: str, ground: str) -> None:
    colors = tokens()[scheme]
    assert contrast(colors[line], colors[ground]) >= 3


def test_both_schemes_set_every_color() -> None:
    light_block, dark_block = re.findall(r":root\{(.*?)\}", SHEET, re.DOTALL)[:2]
    names = [set(re.findall(r"--([a-z0-9-]+):#", block)) for block in (light_block, dark_block)]
    assert names[0] == names[1]


def test_every_color_outside_the_tokens_is_a_token() -> None:
    rest = SHEET.split("}}", 1)[1]
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", rest)) == {"#0009"}, "only the shade behind a dialog is no token"


def test_every_token_used_is_defined() -> None:
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", SHEET)) <= set(re.findall(r"--([a-z0-9-]+):", SHEET))


# Weight


def test_weights() -> None:
    assert len(SHEET.encode()) < 20_000
    assert (STATIC / "serif.woff2").stat().st_size < 32_000
    assert (STATIC / "serif-italic.woff2").stat().st_size < 16_000
    assert (STATIC / "enhance.js").stat().st_size < 4_000


def test_the_sheet_asks_nobody_else() -> None:
    assert re.findall(r"url\(([^)]*)\)", SHEET) == ["serif.woff2", "serif-italic.woff2"]
    assert "@import" not in SHEET


def test_licenses_of_vendored_files_stand_beside_them() -> None:
    font = (STATIC / "serif-OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in font
    assert "Reserved Font Name" in font
    assert "Permission to use, copy, modify" in (STATIC / "htmx-LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("template", sorted((WEB / "templates").rglob("*.html"), key=str), ids=lambda path: path.name)
def test_templates_hold_to_the_content_policy(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//", source)


# Tags and filters


def drawn(source: str, **values: object) -> str:
    return Template("{% load look %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5.0 h"),
        (Decimal("4.50"), "4.5 h"),
        (Decimal("1.25"), "1.25 h"),
        (0, "0.0 h"),
        (100, "100.0 h"),
        ("12.005", "12.01 h"),
        (None, "not known"),
        ("", "not known"),
    ],
)
def test_hours(value: object, shown: str) -> None:
    assert look.hours(value) == shown


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "no hours"),
        (1, "one hour"),
        (5, "five hours"),
        (12, "twelve hours"),
        (13, "13 hours"),
        (Decimal("36.0"), "36 hours"),
        (Decimal("0.5"), "half an hour"),
        (Decimal("0.25"), "a quarter of an hour"),
        (Decimal("0.75"), "three quarters of an hour"),
        (Decimal("1.5"), "one and a half hours"),
        (Decimal("2.75"), "two and three quarters hours"),
        (Decimal("1.1"), "1.1 hours"),
        (Decimal("13.5"), "13.5 hours"),
        (None, "an unknown number of hours"),
    ],
)
def test_hours_in_words(value: object, said: str) -> None:
    assert look.hours_words(value) == said


def test_long_date() -> None:
    assert look.long_date(date(2027, 2, 28)) == "28 February 2027"
    assert look.long_date(None) == ""


@pytest.mark.parametrize(
    ("outcome", "word"), [("met", "Met"), ("unmet", "Not met"), ("unknown", "Not known"), ("not_applicable", "Does not apply")]
)
def test_an_outcome_has_shape_word_and_color(outcome: str, word: str) -> None:
    plain = drawn("{% outcome_tag outcome %}", outcome=outcome)
    assert f'class="tag {outcome}"' in plain
    assert plain.endswith(f"{word}</span>")
    assert drawn("{% shape outcome %}", outcome=outcome) in plain
    own = drawn("{% outcome_tag outcome text %}", outcome=outcome, text="2 < 3")
    assert f'<span class="vh">{word}: </span>2 &lt; 3' in own


def test_the_outcomes_differ_in_shape() -> None:
    assert len({drawn("{% shape one %}", one=one) for one in ("met", "unmet", "unknown", "not_applicable")}) == 4


def test_no_outcome_is_never_shown_as_one() -> None:
    with pytest.raises(TemplateSyntaxError, match="'maybe' is not an outcome"):
        drawn('{% outcome_tag "maybe" %}')
    with pytest.raises(TemplateSyntaxError, match="there is no icon 'smile'"):
        drawn('{% icon "smile" %}')


def bar_width(value: object, total: object, outcome: str) -> Decimal:
    return Decimal(re.search(r'width="([\d.]+)%"', look.bar(value, total, outcome))[1])


@pytest.mark.parametrize(
    ("value", "total", "outcome", "width"),
    [
        (0, 6, "unmet", "0"),
        (3, 6, "unmet", "50"),
        (4, 6, "unmet", "66.7"),
        (6, 6, "met", "100"),
        (8, 6, "met", "100"),
        (Decimal("35.99"), 36, "unmet", "99"),
        (None, None, "unknown", "0"),
        (None, None, "met", "100"),
        (None, 6, "unmet", "0"),
    ],
)
def test_a_bar_is_full_only_when_the_total_is_reached(value: object, total: object, outcome: str, width: str) -> None:
    assert bar_width(value, total, outcome) == Decimal(width)


def test_a_ring_shows_figures_and_how_full() -> None:
    half = look.ring(18, 36, "Hours")
    assert 'stroke-dasharray="163.4 326.73"' in half
    assert '<span class="vh">Hours: </span><b>18</b> <span>of 36<span class="u"> hours</span></span>' in half
    assert 'class="arc"' not in look.ring(0, 36)
    assert "stroke-dasharray" not in look.ring(36, 36)
    assert 'stroke-dasharray="310.4 326.73"' in look.ring("35.9", 36), "a gap stays as long as something is owed"


def test_a_ring_without_a_known_total_is_never_full() -> None:
    unknown = look.ring(8, None, "Hours", "hours", "unknown")
    assert "hours, total not known" in unknown
    assert 'class="arc"' not in unknown
    assert 'class="open"' in unknown
    assert 'class="arc"' not in look.ring(8, None)
    assert "<b>?</b>" in look.ring(None, 36)


def test_figures_and_labels_are_escaped() -> None:
    assert "<script>" not in look.ring(1, 2, "<script>", "<script>")
    assert "<script>" not in drawn('{% icon "met" x %}', x="<script>")


# Timeline


def events(*rows: tuple[str, int]) -> list[dict[str, object]]:
    start = date(2026, 11, 23)
    return [
        {"on": start + timedelta(days=days), "title": title, "detail": "5.0 h to go", "outcome": "unmet"} for title, days in rows
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [("California LPCC", 90)],
        [("California LPCC", 90), ("California LMFT", 91), ("California LCSW", 92)],
        [("California LPCC", 5), ("A license with a rather long name", 200), ("California LCSW", 640)],
        [("California LPCC", -40), ("California LMFT", 0), ("California LCSW", 720)],
        [(f"License {number}", number * 60) for number in range(10)],
    ],
)
def test_flags_of_the_timeline_never_meet(rows: list[tuple[str, int]]) -> None:
    flags = look.timeline(events(*rows), date(2026, 11, 23))["flags"]
    assert len(flags) == len(rows)
    boxes = []
    for flag in flags:
        left = float(flag.x) * 8.4
        width = max(len(flag.title), len(f"{look.long_date(flag.on)} · {flag.detail}")) * 7.5
        assert left >= 0
        assert left + width <= 840
        boxes.append((left, left + width, flag.title_y, flag.flag_y))
    for one in boxes:
        for other in boxes:
            if other is one or other[0] < one[0]:
                continue
            meets = other[0] < one[1]
            assert not (meets and other[2] == one[2]), "two texts in one row"
            assert not (meets and other[3] < one[3]), "the pole of a higher flag crosses this text"


def test_timeline_says_the_same_as_a_list() -> None:
    page = drawn("{% timeline events today %}", events=events(("California <b>LPCC</b>", 97)), today=date(2026, 11, 23))
    assert page.count("28 February 2027 · 5.0 h to go") == 2
    assert page.count("California &lt;b&gt;LPCC&lt;/b&gt;") == 2
    assert 'aria-label="Not met"' in page


def test_timeline_of_nothing_is_nothing() -> None:
    assert drawn("{% timeline events today %}", events=[], today=date(2026, 11, 23)).strip() == ""


# Forms


class Sample(LookForm):
    name = forms.CharField(label="Name", help_text="As printed.")
    number = forms.CharField(label="Number", required=False)
    answer = forms.ChoiceField(label="Do you supervise?", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="I agree")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("number") == "0":
            raise forms.ValidationError("Two entries <contradict> each other.")
        return self.cleaned_data


def test_an_empty_form_has_labels_and_no_errors() -> None:
    page = str(Sample())
    assert 'class="errors"' not in page
    assert '<label for="id_name">Name</label>' in page
    assert 'Number <span class="optional">(optional)</span>' in page
    assert "<legend>Do you supervise?</legend>" in page
    assert page.count('name="token"') == 1
    assert 'aria-describedby="id_name_helptext"' in page


def test_errors_stand_at_the_field_and_at_the_top_with_links() -> None:
    page = str(Sample({"number": "12 <b>"}))
    assert "3 things need your attention" in page
    assert '<a href="#id_name">Name: Enter this.</a>' in page
    assert '<a href="#id_answer_0">Do you supervise? Choose one.</a>' in page
    assert '<a href="#id_agreed">I agree: Tick this to go on.</a>' in page
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'value="12 &lt;b&gt;"' in page, "what was typed is kept"


class Secret(LookForm):
    name = forms.CharField(label="Name")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    proof = forms.FileField(label="Proof", required=False)


def test_the_top_promises_only_what_is_kept() -> None:
    assert "What you entered is still here.</p>" in str(Secret({"name": ""}))
    said = str(Secret({"password": "x" * 12}, {"proof": SimpleUploadedFile("a.pdf", b"a")}))
    assert "What you entered is still here. Enter the password again. Choose the file again.</p>" in said
    alone = Secret({})
    del alone.fields["name"], alone.fields["proof"]
    assert "still here" not in str(alone), "a browser gets no password back"


def test_a_time_zone_is_named_as_people_say_it() -> None:
    assert look.zone_words(zoneinfo.ZoneInfo("America/Los_Angeles")) == "in Los Angeles time"
    assert look.zone_words(dt.UTC) == "in UTC"


def test_errors_are_listed_in_the_order_of_the_fields_whoever_found_them() -> None:
    form = Sample({"name": "x", "number": "0"})  # finds first what is missing, then what contradicts
    form.add_error("number", "Too small.")
    form.add_error("name", "Too short.")
    listed = re.findall(r'<li>(?:<a href="#id_(\w+?)(?:_0)?">)?', str(form).split("</div>")[0])
    names = [name for name in form.fields if name in form.errors]
    assert set(form.errors) >= {"name", "number", "answer"}
    assert listed == ["", *names]


def test_an_error_of_the_whole_form_is_said_at_the_top() -> None:
    page = str(Sample({"name": "x", "number": "0", "answer": "y", "agreed": "on"}))
    assert "One thing needs your attention" in page
    assert "Two entries &lt;contradict&gt; each other." in page


def test_a_form_keeps_its_own_words() -> None:
    class Own(LookForm):
        name = forms.CharField(error_messages={"required": "Enter your name as on the license."})

    assert "Enter your name as on the license." in str(Own({}))


# Parts and pages


def test_breadcrumb_ends_in_the_page_itself() -> None:
    page = drawn('{% breadcrumb "Courses" "/courses/" "Coffee" %}')
    assert '<a href="/courses/">Courses</a>' in page
    assert '<span aria-current="page">Coffee</span>' in page
    with pytest.raises(TemplateSyntaxError, match="pairs"):
        drawn('{% breadcrumb "Courses" "/courses/" %}')


def test_steps_say_their_state_in_words() -> None:
    page = drawn(
        "{% steps items %}", items=[{"name": "Post-test", "state": "current"}, {"name": "Certificate", "state": "locked"}]
    )
    assert 'aria-current="step"' in page
    assert "Not open yet: </span>Certificate" in page


def test_a_notice_shows_its_kind_by_shape() -> None:
    kinds = {
        re.search(r"<svg.*?</svg>", render_to_string("components/notice.html", {"kind": kind, "body": "x"}))[0]
        for kind in ("info", "good", "warn", "danger")
    }
    assert len(kinds) == 4


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "413", "429", "500", "503"])
def test_error_pages_say_what_happened_and_stand_alone(code: str) -> None:
    page = render_to_string(f"{code}.html", request=None)
    assert page.count("<h1>") == 1
    assert f"Error {code[:3]}" in page
    assert 'name="robots" content="noindex"' in page
    assert "look" in page


@pytest.mark.django_db
def test_home_shows_what_the_rules_cover(client) -> None:
    from goodstanding.licensing.rulebook import rulebook

    response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert len(response.content) < 25_000
    files = [rulebook()[rule_id].file for rule_id in rulebook()]
    assert f"{len(files)} license types of {len({file.jurisdiction for file in files})} jurisdictions" in page
    covered = {file.jurisdiction for file in files if "counselor" in file.professions}
    assert {f"US-{code}" for code in re.findall(r'aria-hidden="true">([A-Z]{2})</text>', page)} >= covered - {"US"}
    assert "Example" in page


@pytest.mark.django_db
def test_header_marks_where_one_is_and_links_only_to_what_exists(client) -> None:
    page = client.get("/courses/").content.decode()
    assert 'href="/courses/" aria-current="page"' in page
    for target in set(re.findall(r'<a[^>]* href="(/[^"#?]*)"', client.get("/").content.decode())):
        assert client.get(target).status_code in {200, 302}, target


def test_a_link_to_a_page_that_does_not_exist_is_a_mistake_of_ours() -> None:
    with pytest.raises(NoReverseMatch):
        Template('{% load look %}{% nav_link "no-such-page" "Lost" %}').render(Context({}))


def test_navigation_knows_page_and_section() -> None:
    source = Template('{% load look %}{% nav_link "course-list" "Courses" %}')

    def link(path: str) -> str:
        return source.render(Context({"request": RequestFactory().get(path)}))

    assert 'aria-current="page"' in link("/courses/")
    assert 'aria-current="true"' in link("/courses/coffee/")
    assert "aria-current" not in link("/licenses/")
