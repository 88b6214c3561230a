"""
Markdown to safe HTML, for courses, articles and the pages of terms.

The dialect is CommonMark with tables, without HTML of its own, and with typed blocks::

    ::: case Fourteen months later
    You are standing in line for coffee.
    :::

A block becomes ``<section class="case" aria-label="Case: Fourteen months later">`` with its label as
``<p class="eyebrow">``. The output carries classes and ids only, never styles or scripts: the parser refuses HTML, and the
result is cleaned again against a list of what may stand, so a mistake in one of the two is not enough to let something through.
Nothing is loaded from elsewhere: an image is one that the course carries, and stands as its text alternative wherever no
address for it is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

BLOCK_LABELS: Mapping[str, str] = {
    "case": "Case",
    "key": "Key point",
    "reflection": "Pause",
    "duty": "Duty",
    "law": "Law",
    "figure": "Figure",
}
"""The kinds of typed blocks, and the word that introduces each to a reader."""

TARGETED_BLOCKS = frozenset({"duty", "law"})
"""Blocks whose first word is the id of what they are about: ``::: duty avoid_exploitation Using what you know``."""

INTERNAL_LINK = re.compile(r"(section|scenario|reference|duty|term):([a-z0-9_-]+)\Z")
"""Links to parts of the same course: ``[the scene](section:the-counter)``."""

INTERNAL_IMAGE = re.compile(r"image:([a-z0-9_-]+)\Z")
"""Pictures that the course carries: ``![what it shows](image:circles)``."""

_SCRIPT_LINK = re.compile(r"\]\(\s*<?\s*(javascript|vbscript|data|file):", re.IGNORECASE)
_OPEN = re.compile(r":::[ \t]*([A-Za-z]+)(?:[ \t]+(.*?))?[ \t]*\Z")
_CLOSE = re.compile(r":::[ \t]*\Z")
_SLUG = re.compile(r"[^a-z0-9]+")

_TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    *("section", "figure", "figcaption", "div", "img"),
}
_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "section": {"class", "aria-label", "data-duty", "data-law"},
    "figure": {"class", "aria-label"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "p": {"class"},
    "ol": {"start"},
    "img": {"src", "alt"},
    "th": {"class", "scope"},
    "td": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}


@dataclass(frozen=True)
class Block:
    """A typed block as it stands in a text: its kind, its target (duty and law), its title, and the line of its fence."""

    kind: str
    target: str | None
    title: str | None
    line: int


def render_markdown(text: str, *, links: Mapping[str, str] | None = None) -> str:
    """
    `text` as safe HTML, ready to stand in a page.

    `links` gives the address of each internal link (``{"section:the-counter": "/learn/…"}``); one that is not in it
    becomes a link to the element with that id in the same page (``#section-the-counter``). It also gives those of pictures
    (``image:circles``); one that is not in it stands as its text alternative.
    """
    return _render(text, tuple(sorted((links or {}).items())))


def typed_blocks(text: str) -> tuple[tuple[Block, ...], tuple[tuple[int, str], ...]]:
    """The typed blocks of `text` in order, and what is wrong with its fences as pairs of line and problem."""
    blocks: list[Block] = []
    problems: list[tuple[int, str]] = []
    opened: Block | None = None
    for number, line in _lines_outside_code(text):
        if _CLOSE.match(line):
            if opened is None:
                problems.append((number, "A ::: closes a block that was never opened."))
            opened = None
        elif match := _OPEN.match(line):
            block = _block(match[1], match[2], number)
            if block.kind not in BLOCK_LABELS:
                problems.append((number, f"There is no block of the kind “{block.kind}”."))
            if opened is not None:
                problems.append((number, f"A block opens inside the block of line {opened.line}."))
            if block.kind in TARGETED_BLOCKS and block.target is None:
                problems.append((number, f"A {block.kind} block does not say which {block.kind} it is about."))
            opened = block
            blocks.append(block)
        elif line.startswith(":::"):
            problems.append((number, "This line begins like a block but names no kind."))
    if opened is not None:
        problems.append((opened.line, f"The {opened.kind} block is never closed."))
    return tuple(blocks), tuple(problems)


def markdown_links(text: str) -> tuple[tuple[int, str], ...]:
    """Every link of `text`, as pairs of line and address."""
    return tuple(
        (line, str(child.attrs["href"])) for line, child in _inline(text) if child.type == "link_open" and "href" in child.attrs
    )


@dataclass(frozen=True)
class MarkdownImage:
    """An image as it stands in a text: its line, its address, its text alternative, and the kind of block it stands in."""

    line: int
    address: str
    alternative: str
    block: str | None


def markdown_images(text: str) -> tuple[MarkdownImage, ...]:
    """Every image of `text` in order."""
    found: list[MarkdownImage] = []
    block: str | None = None
    for token in _parser().parse(text):
        if token.type == "block_open":
            block = token.meta["block"].kind
        elif token.type == "block_close":
            block = None
        elif token.type == "inline":
            line = (token.map[0] if token.map else 0) + 1
            found.extend(
                MarkdownImage(line, str(child.attrs.get("src", "")), child.content.strip(), block)
                for child in token.children or ()
                if child.type == "image"
            )
    return tuple(found)


def markdown_scripts(text: str) -> tuple[tuple[int, str], ...]:
    """
    What looks like HTML or a script in `text`, as pairs of line and the beginning of it.

    It would stand there as text, since nothing of it is let through; an author should know before a reader sees it.
    """
    found: list[tuple[int, str]] = []
    for token in _html_parser().parse(text):
        line = (token.map[0] if token.map else 0) + 1
        if token.type == "html_block":
            found.append((line, token.content.strip().split("\n")[0]))
        found.extend((line, child.content) for child in token.children or () if child.type == "html_inline")
    found.extend((number, match[0]) for number, line in _lines_outside_code(text) for match in _SCRIPT_LINK.finditer(line))
    return tuple(sorted(found))


def markdown_headings(text: str) -> tuple[tuple[int, int, str], ...]:
    """Every heading of `text`: its line, its level (1 to 6), and the id it has in the page."""
    found = []
    taken: set[str] = set()
    tokens = _parser().parse(text)
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            line = (token.map[0] if token.map else 0) + 1
            found.append((line, int(token.tag[1:]), _heading_id(tokens[number + 1], taken)))
    return tuple(found)


def plain_text(text: str) -> str:
    """
    The words of `text` as a reader reads them: without marks, addresses or fences; block titles count, ids do not.

    The text alternative of an image is not among them: whoever sees the picture does not read it.

    Paragraphs are separated by newlines. This is what word counts and reading levels are computed from.
    """
    parts: list[str] = []
    for token in _parser().parse(text):
        if token.type == "block_open" and token.meta["block"].title:
            parts.append(str(token.meta["block"].title))
        elif token.type == "inline":
            parts.append("".join(_child_text(child) for child in token.children or ()))
        elif token.type in ("code_block", "fence"):
            parts.append(token.content)
    return "\n".join(part for part in parts if part.strip())


def count_words(markdown: str) -> int:
    """The words of a learning text as a reader sees them: without marks, addresses and ids."""
    return sum(1 for word in plain_text(markdown).split() if any(letter.isalnum() for letter in word))


def _heading_id(inline: Token, taken: set[str]) -> str:
    """The id of the heading with this content; a number follows where the page has the same one already."""
    title = "".join(_child_text(child) for child in inline.children or ())
    base = name = _SLUG.sub("-", title.lower()).strip("-") or "part"
    number = 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def _child_text(child: Token) -> str:
    if child.type in ("text", "code_inline"):
        return child.content
    if child.type in ("softbreak", "hardbreak"):
        return " "
    return ""


def _inline(text: str) -> Iterator[tuple[int, Token]]:
    for token in _parser().parse(text):
        if token.type == "inline":
            line = (token.map[0] if token.map else 0) + 1
            for child in token.children or ():
                yield line, child


def _lines_outside_code(text: str) -> Iterator[tuple[int, str]]:
    fence: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        mark = line.lstrip()[:3]
        if mark in ("```", "~~~"):
            fence = None if fence == mark else fence or mark
        elif fence is None:
            yield number, line


def _block(kind: str, rest: str | None, line: int) -> Block:
    kind = kind.lower()
    title = (rest or "").strip() or None
    if kind not in TARGETED_BLOCKS:
        return Block(kind, None, title, line)
    target, _, title = (rest or "").strip().partition(" ")
    return Block(kind, target or None, title.strip() or None, line)


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The block rule: a fence that opens, its content, and the fence that closes it (or the end of the text)."""
    if state.sCount[start] - state.blkIndent > 0:
        return False
    match = _OPEN.match(state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]])
    if match is None or match[1].lower() not in BLOCK_LABELS:
        return False
    if silent:
        return True
    last = start + 1
    while last < end and not _CLOSE.match(state.src[state.bMarks[last] + state.tShift[last] : state.eMarks[last]]):
        last += 1
    block = _block(match[1], match[2], start + 1)
    old_end, old_parent = state.lineMax, state.parentType
    state.lineMax, state.parentType = last, "container"
    token = state.push("block_open", "section", 1)
    token.block, token.map, token.meta = True, [start, last], {"block": block}
    state.md.block.tokenize(state, start + 1, last)
    closing = state.push("block_close", "section", -1)
    closing.block, closing.meta = True, {"block": block}
    state.lineMax, state.parentType = old_end, old_parent
    state.line = min(last + 1, end)
    return True


class _Renderer(RendererHTML):
    """Adds what the page needs: landmarks for blocks, ids for headings, addresses for internal links, scrollable tables."""

    def block_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        block: Block = tokens[index].meta["block"]
        word = BLOCK_LABELS[block.kind]
        label = _unused(f"{word}: {block.title}" if block.title else word, env)
        shown = f"{word} · {block.title}" if block.title else word
        if block.kind == "figure":
            return f'<figure class="figure" aria-label="{escape(label)}">\n'
        target = f' data-{block.kind}="{escape(block.target)}"' if block.target else ""
        return f'<section class="{block.kind}" aria-label="{escape(label)}"{target}>\n<p class="eyebrow">{escape(shown)}</p>\n'

    def block_close(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        block: Block = tokens[index].meta["block"]
        if block.kind == "figure":
            return f"<figcaption>{escape(block.title or '')}</figcaption>\n</figure>\n"
        return "</section>\n"

    def heading_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        tokens[index].attrSet("id", _heading_id(tokens[index + 1], env.setdefault("heading_ids", set())))
        return self.renderToken(tokens, index, options, env)

    def link_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        address = str(tokens[index].attrGet("href") or "")
        if match := INTERNAL_LINK.match(address):
            tokens[index].attrSet("href", env["links"].get(address, f"#{match[1]}-{match[2]}"))
            tokens[index].attrSet("class", f"to-{match[1]}")
        return self.renderToken(tokens, index, options, env)

    def image(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        alternative = escape(tokens[index].content)
        address = str(tokens[index].attrGet("src") or "")
        if INTERNAL_IMAGE.match(address) and address in env["links"]:
            return f'<img src="{escape(env["links"][address])}" alt="{alternative}">'
        return alternative

    def table_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        label = _unused("Table", env)
        opening = self.renderToken(tokens, index, options, env)
        return f'<div class="scroll" role="region" aria-label="{label}" tabindex="0">\n{opening}'

    def table_close(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        return self.renderToken(tokens, index, options, env) + "</div>\n"

    def th_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        return '<th scope="col">'

    def td_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        return "<td>"


def _unused(label: str, env: EnvType) -> str:
    """`label`, with a number if this text has given it before: a list of regions that are all called alike helps nobody."""
    taken: set[str] = env.setdefault("labels", set())
    name, number = label, 2
    while name in taken:
        name, number = f"{label} {number}", number + 1
    taken.add(name)
    return name


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    parser.block.ruler.before("fence", "typed_block", _container, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    # Internal links look like an unknown scheme to the parser, so they are let through by name.
    ordinary = parser.validateLink
    parser.validateLink = lambda url: bool(INTERNAL_LINK.match(url)) or ordinary(url)  # type: ignore[method-assign]
    return parser


@lru_cache(maxsize=1)
def _html_parser() -> MarkdownIt:
    """Only to find HTML in a text; nothing is ever rendered with it."""
    return MarkdownIt("commonmark", {"html": True})


@lru_cache(maxsize=512)
def _render(text: str, links: tuple[tuple[str, str], ...]) -> str:
    html = _parser().render(text, {"links": dict(links)})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags={"script", "style"},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
