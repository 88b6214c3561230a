"""Markdown: what it becomes, and what can not get through it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.courseware import render_markdown
from goodstanding.core.courseware.markdown import markdown_headings, plain_text, typed_blocks


def test_a_case_is_a_labeled_region():
    html = render_markdown("::: case Fourteen months later\nYou stand *in line*.\n\n- one\n:::\n\nAfter.\n")
    assert '<section class="case" aria-label="Case: Fourteen months later">' in html
    assert '<p class="eyebrow">Case · Fourteen months later</p>' in html
    assert html.index("<em>in line</em>") < html.index("</section>") < html.index("<p>After.</p>")
    assert "<li>one</li>" in html


@pytest.mark.parametrize(
    ("fence", "tag"),
    [
        ("::: key", '<section class="key" aria-label="Key point">'),
        ("::: reflection Stop", '<section class="reflection" aria-label="Pause: Stop">'),
        ("::: duty care_well With care", '<section class="duty" aria-label="Duty: With care" data-duty="care_well">'),
        ("::: law an_act The act", '<section class="law" aria-label="Law: The act" data-law="an_act">'),
        ("::: figure A table", '<figure class="figure" aria-label="Figure: A table">'),
    ],
)
def test_each_kind_of_block_has_its_class(fence, tag):
    assert tag in render_markdown(f"{fence}\nText.\n:::\n")


def test_a_figure_has_its_caption():
    assert "<figcaption>Who says what</figcaption>" in render_markdown("::: figure Who says what\nText.\n:::\n")


def test_a_table_can_be_scrolled_by_keyboard_and_has_column_headers():
    html = render_markdown("| a | b |\n| --- | --- |\n| c | d |\n")
    assert '<div class="scroll" role="region" aria-label="Table" tabindex="0">' in html
    assert '<th scope="col">a</th>' in html


def test_regions_of_one_text_have_different_names():
    table = "| a | b |\n| --- | --- |\n| c | d |\n\n"
    html = render_markdown(table + table + "::: key\nx\n:::\n\n::: key\ny\n:::\n")
    labels = re.findall('aria-label="([^"]*)"', html)
    assert labels == ["Table", "Table 2", "Key point", "Key point 2"]


def test_headings_have_ids_that_do_not_collide():
    text = "## What lasts\n\n## What lasts\n\n### *Why*, then?\n"
    html = render_markdown(text)
    assert '<h2 id="what-lasts">' in html
    assert '<h2 id="what-lasts-2">' in html
    assert [name for _, _, name in markdown_headings(text)] == ["what-lasts", "what-lasts-2", "why-then"]
    assert '<h3 id="why-then">' in html
    # Nothing is carried over from one text to the next.
    assert '<h2 id="what-lasts">' in render_markdown("## What lasts\n\nAgain.\n")


def test_internal_links_get_the_address_they_are_given():
    text = "See [there](section:the-counter)."
    assert 'href="#section-the-counter"' in render_markdown(text)
    assert 'href="/learn/x/the-counter/"' in render_markdown(text, links={"section:the-counter": "/learn/x/the-counter/"})


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](https://tracker.example/pixel.png)",
    "![x](//tracker.example/pixel.png)",
    '<p style="background:url(https://tracker.example)">x</p>',
    '<p onclick="alert(1)">x</p>',
    '<iframe src="https://example.org"></iframe>',
    "<style>body{display:none}</style>",
    "<svg onload=alert(1)>",
    '::: case "><script>alert(1)</script>\nx\n:::',
    '::: duty a"onclick="alert(1) x\nx\n:::',
    "<!-- a comment -->",
    '[x](section:a "onmouseover=alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "<https://a.example/<script>>",
]
ALLOWED = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td", "section", "figure", "figcaption", "div"),
}
ATTRIBUTES = {"class", "id", "href", "rel", "title", "start", "scope", "role", "tabindex", "aria-label", "data-duty", "data-law"}


class _Reader(HTMLParser):
    """Reads the output as a browser would, and refuses what could run, style or load something."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert name in ATTRIBUTES
            if name == "href":
                assert re.match(r"(https?://|mailto:|#|section:|/)|[^:]*\Z", value or "")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def assert_harmless(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    reader.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_runs_styles_or_loads_gets_through(text):
    assert_harmless(render_markdown(text))


@given(
    st.lists(st.sampled_from([*HOSTILE, "::: case A", ":::", "> ", "- ", "```", "\n", "x", "| a | b |\n| - | - |"]), max_size=8)
)
def test_no_combination_gets_through_either(parts):
    assert_harmless(render_markdown("\n".join(parts)))


@pytest.mark.parametrize("html", ["<script>", "<p onclick=x>", '<a href="javascript:x">', "<p style=x>", "<!-- x -->"])
def test_the_reader_of_these_tests_refuses_what_it_should(html):
    with pytest.raises(AssertionError):
        assert_harmless(html)


@given(st.text())
def test_any_text_can_be_rendered_and_counted(text):
    assert isinstance(render_markdown(text), str)
    assert isinstance(plain_text(text), str)


def test_an_image_stands_as_its_text_alternative():
    assert render_markdown("![A bar chart](x.png)") == "<p>A bar chart</p>\n"


def test_outside_links_give_nothing_away():
    assert 'rel="noopener noreferrer"' in render_markdown("[x](https://example.org)")


def test_problems_with_fences_have_lines_and_words():
    blocks, problems = typed_blocks("::: case A\ntext\n:::\n\n::: poem B\n:::\n\n:::\n::: duty\n::: key\n:::\n::: law")
    assert [(block.kind, block.line) for block in blocks][:2] == [("case", 1), ("poem", 5)]
    assert problems == (
        (5, "There is no block of the kind “poem”."),
        (8, "A ::: closes a block that was never opened."),
        (9, "A duty block does not say which duty it is about."),
        (10, "A block opens inside the block of line 9."),
        (12, "A law block does not say which law it is about."),
        (12, "The law block is never closed."),
    )


def test_a_fence_inside_code_is_code():
    assert typed_blocks("```\n::: poem\n```\n") == ((), ())


def test_a_block_that_is_never_closed_still_renders():
    html = render_markdown("::: key Left open\nText.\n")
    assert html.count("<section") == html.count("</section>") == 1
