"""
A scenario drawn as an SVG picture: scenes in layers from top to bottom, one line per way on.

Everything is drawn in ``currentColor`` and without a background, so that the picture follows light and dark pages; there are
no styles or scripts in it. Texts are wrapped and boxes grow with them, so nothing is cut. Each way on is written in its box
with where it leads, and lines carry the same letters, so the picture says nothing that its text does not say. A play drawn
into it is marked by step numbers as well as by line weight.

The overview is the same drawing without the words: every scene is a small box, those of the play are filled and numbered, and the list
of the play beside it has the same numbers. It fits a phone; the full picture is for looking closely.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from string import ascii_lowercase

from goodstanding.core.courseware.markdown import plain_text
from goodstanding.core.courseware.model import Change, Condition, Node, Scenario
from goodstanding.core.courseware.scenario import State, explore, path

_COLUMNS = 34
"""Letters in a line. Even a line of wide letters stays within the box at this size."""
_LINE = 17
_PAD = 12
_SWEEPS = 8


@dataclass(frozen=True)
class _Measure:
    """The sizes of a drawing."""

    width: float
    gap: float
    rise: float
    """Room between layers, in which the lines run."""
    lane: float
    """Width of a line that passes a layer by."""
    head: float
    """Length of an arrow's head."""
    heavy: float
    light: float


_FULL = _Measure(width=270, gap=36, rise=74, lane=20, head=9, heavy=4, light=1.5)
_OVERVIEW = _Measure(width=34, gap=10, rise=18, lane=8, head=6, heavy=3.5, light=1.25)

_KINDS = {
    "notice": "Notice",
    "decide": "Decide",
    "consequence": "What follows",
    "reflect": "Reflect",
    "consult": "Consult",
    "document": "Write it down",
    "end": "End",
}

_DARK = "<style>svg{color:#1b1b1b;background:#fff}@media (prefers-color-scheme:dark){svg{color:#eee;background:#161616}}</style>"


@dataclass(frozen=True)
class _Exit:
    """One way on from a scene: its letter, its words, and where it leads."""

    letter: str
    words: str
    target: str
    choice_id: str | None


@dataclass
class _Cell:
    """A box, or a lane in which a line passes a layer by."""

    node: Node | None
    width: float
    height: float
    rows: tuple[tuple[str, bool, int], ...] = ()
    """Lines of text, whether each is set bold, and how far it stands in."""
    layer: int = 0
    x: float = 0
    y: float = 0
    exits: tuple[_Exit, ...] = ()


@dataclass
class _Edge:
    """A line from box to box, by way of lanes."""

    letters: str
    taken: bool
    cells: list[_Cell] = field(default_factory=list)
    port: float = 0


def scenario_svg(
    scenario: Scenario, *, play: State | None = None, standalone: bool = False, overview: bool = False, name: str = "graph"
) -> str:
    """
    `scenario` as SVG text; with `play`, its way is marked. `overview` draws boxes and numbers only, for a glance.

    `standalone` gives the picture colors of its own for light and dark, for a file that is opened by itself. Inside a page it
    takes those of the text around it. `name` begins its ids; a page that draws one scenario twice gives each its own. The box of
    each step of the play can be linked to: ``#<name>-<scenario>-step-3``.
    """
    drawing = _Drawing(scenario, play, _OVERVIEW if overview else _FULL)
    return drawing.svg(standalone=standalone, name=f"{name}-{scenario.id}")


class _Drawing:
    def __init__(self, scenario: Scenario, play: State | None, measure: _Measure) -> None:
        self.scenario = scenario
        self.measure = measure
        self.in_words = measure is _FULL
        self.nodes = {node.node_id: node for node in scenario.nodes}
        self.way = [node.node_id for node in path(scenario, play)] if play is not None else []
        self.chosen = [step.choice_id for step in play.steps] if play is not None else []
        self.cells = {name: self._cell(node) for name, node in self.nodes.items()}
        self.layers: list[list[_Cell]] = []
        self.edges: list[_Edge] = []
        self._layer()
        self._connect()
        self._sort()
        self._place()

    def _cell(self, node: Node) -> _Cell:
        exits = tuple(_exits(node, self.nodes))
        steps = self._steps(node.node_id)
        if not self.in_words:
            numbers = ", ".join(steps)
            width = max(self.measure.width, 10 + 9 * len(numbers))
            return _Cell(node, width, 26, ((numbers, True, 0),) if steps else (), exits=exits)
        kind = _KINDS[node.kind] + (f" · step {', '.join(steps)}" if steps else "")
        rows = [*_rows(kind), *_rows(node.title or node.node_id, bold=True)]
        for mark in node.marks:
            rows += _rows(f"• {plain_text(mark.label)}", hang=9)
        for way in exits:
            rows += _rows(f"{way.letter}) {way.words}" if way.letter else way.words, hang=15)
        return _Cell(node, self.measure.width, 2 * _PAD + _LINE * len(rows), tuple(rows), exits=exits)

    def _steps(self, name: str) -> list[str]:
        """The numbers of the steps of the play that stand at this scene."""
        return [str(number) for number, each in enumerate(self.way, start=1) if each == name]

    def _layer(self) -> None:
        """Each scene stands below everything that leads to it; a way back up is told in words only."""
        depth: dict[str, int] = {}
        for name in self._downward():
            here = depth.setdefault(name, 0)
            for way in self.cells[name].exits:
                if (name, way.target) not in self.back:
                    depth[way.target] = max(depth.get(way.target, 0), here + 1)
        for name, cell in self.cells.items():
            cell.layer = depth.get(name, 0)
        self.layers = [[] for _ in range(1 + max(cell.layer for cell in self.cells.values()))]
        for cell in self.cells.values():
            self.layers[cell.layer].append(cell)

    def _downward(self) -> list[str]:
        """The scenes in an order in which each comes after those that lead to it, ways back left aside (``back``)."""
        self.back: set[tuple[str, str]] = set()
        done: list[str] = []
        state: dict[str, int] = {}
        for root in (self.scenario.start, *self.nodes):
            stack = [(root, iter(self.cells[root].exits))] if root not in state else []
            if stack:
                state[root] = 1
            while stack:
                name, ways = stack[-1]
                way = next(ways, None)
                if way is None:
                    state[name] = 2
                    done.append(name)
                    stack.pop()
                elif state.get(way.target) == 1:
                    self.back.add((name, way.target))
                elif way.target not in state:
                    state[way.target] = 1
                    stack.append((way.target, iter(self.cells[way.target].exits)))
        return done[::-1]

    def _connect(self) -> None:
        for name, cell in self.cells.items():
            ways: dict[str, list[_Exit]] = {}
            for way in cell.exits:
                if (name, way.target) not in self.back:
                    ways.setdefault(way.target, []).append(way)
            for target, exits in ways.items():
                edge = _Edge(", ".join(way.letter for way in exits if way.letter), self._taken(name, target, exits), [cell])
                for layer in range(cell.layer + 1, self.cells[target].layer):
                    lane = _Cell(None, self.measure.lane, 0, layer=layer)
                    self.layers[layer].append(lane)
                    edge.cells.append(lane)
                edge.cells.append(self.cells[target])
                self.edges.append(edge)

    def _taken(self, name: str, target: str, exits: list[_Exit]) -> bool:
        choices = {way.choice_id for way in exits}
        return any(
            here == name and following == target and (self.chosen[number] in choices or choices == {None})
            for number, (here, following) in enumerate(pairwise(self.way))
        )

    def _sort(self) -> None:
        """Boxes of a layer stand near what they are connected to, so that few lines cross."""
        above: dict[int, list[_Cell]] = {}
        below: dict[int, list[_Cell]] = {}
        for edge in self.edges:
            for one, other in pairwise(edge.cells):
                below.setdefault(id(one), []).append(other)
                above.setdefault(id(other), []).append(one)
        for sweep in range(_SWEEPS):
            down = sweep % 2 == 0
            place = {id(cell): number / len(layer) for layer in self.layers for number, cell in enumerate(layer)}
            for layer in self.layers if down else self.layers[::-1]:
                near = above if down else below
                wish = {
                    id(cell): sum(place[id(other)] for other in near[id(cell)]) / len(near[id(cell)])
                    if near.get(id(cell))
                    else place[id(cell)]
                    for cell in layer
                }
                layer.sort(key=lambda cell: wish[id(cell)])
                place.update({id(cell): number / len(layer) for number, cell in enumerate(layer)})

    def _place(self) -> None:
        gap, rise = self.measure.gap, self.measure.rise
        widths = [sum(cell.width for cell in layer) + gap * (len(layer) - 1) for layer in self.layers]
        self.width = max(widths) + 2 * gap
        y = float(gap)
        for layer, width in zip(self.layers, widths, strict=True):
            x = (self.width - width) / 2
            height = max(cell.height for cell in layer)
            for cell in layer:
                cell.x, cell.y = x, y
                if cell.node is None:
                    cell.height = height
                x += cell.width + gap
            y += height + rise
        self.height = y - rise + gap
        for cell in self.cells.values():
            leaving = sorted((edge for edge in self.edges if edge.cells[0] is cell), key=lambda edge: edge.cells[1].x)
            for number, edge in enumerate(leaving, start=1):
                edge.port = cell.x + cell.width * number / (len(leaving) + 1)

    def svg(self, *, standalone: bool, name: str) -> str:
        name = escape(name)
        parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.0f} {self.height:.0f}" '
                f'width="{self.width:.0f}" height="{self.height:.0f}" role="img" '
                f'aria-labelledby="{name}-title {name}-desc" fill="none" stroke="none" '
                f'font-family="sans-serif" font-size="13">'
            ),
            f'<title id="{name}-title">{escape(self.scenario.title)}</title>',
            f'<desc id="{name}-desc">{escape(self._description())}</desc>',
            *([_DARK] if standalone else []),
            *self._lines(),
            *self._boxes(name),
            "</svg>\n",
        ]
        return "\n".join(parts)

    def _description(self) -> str:
        found = explore(self.scenario)
        ends = sum(node.kind == "end" for node in self.scenario.nodes)
        text = f"{len(self.nodes)} scenes, {ends} of them endings."
        if found.sound:
            text += f" The shortest way has {len(found.shortest)} scenes, the longest {len(found.longest)}."
        for cell in self.cells.values() if self.in_words else ():
            assert cell.node is not None
            words = " ".join(f"{way.letter}) {way.words}." if way.letter else f"{way.words}." for way in cell.exits)
            text += f" {_KINDS[cell.node.kind]}: {cell.node.title or cell.node.node_id}. {words}".rstrip()
        if self.way:
            text += f" Your way: {' → '.join(_title(self.nodes[name]) for name in self.way)}."
        return text

    def _lines(self) -> Iterator[str]:
        head = self.measure.head
        bottom = [max(cell.y + cell.height for cell in layer) for layer in self.layers]
        for edge in self.edges:
            start = edge.cells[0]
            x, y = edge.port, start.y + start.height
            points = f"M{x:.1f} {y:.1f}V{bottom[start.layer]:.1f}"
            y = bottom[start.layer]
            for cell in edge.cells[1:]:
                to_x, to_y = cell.x + cell.width / 2, cell.y - (0 if cell.node is None else head - 2)
                middle = (y + to_y) / 2
                points += f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}"
                x, y = to_x, to_y
                if cell.node is None:
                    y = bottom[cell.layer]
                    points += f"V{y:.1f}"
            yield f'<path class="{"way" if edge.taken else "off"}" d="{points}" stroke="currentColor" {self._weight(edge.taken)}/>'
            yield (
                f'<path class="{"tip" if edge.taken else "off"}" d="M{x:.1f} {y + head - 2:.1f}l-{head * 0.55:.1f} -{head}'
                f'h{head * 1.1:.1f}z" fill="currentColor"/>'
            )
            if edge.letters and self.in_words:
                # On the side from which the line does not bend away.
                following = edge.cells[1]
                left = following.x + following.width / 2 > edge.port
                x, side = edge.port + (-6 if left else 6), "end" if left else "start"
                yield (
                    f'<text x="{x:.1f}" y="{start.y + start.height + 14:.1f}" fill="currentColor" font-size="12" '
                    f'text-anchor="{side}">{escape(edge.letters)}</text>'
                )

    def _weight(self, taken: bool) -> str:
        return f'stroke-width="{self.measure.heavy if taken else self.measure.light:g}"'

    def _boxes(self, name: str) -> Iterator[str]:
        for cell in self.cells.values():
            assert cell.node is not None
            steps = self._steps(cell.node.node_id)
            radius = min(22, cell.height / 2) if cell.node.kind == "end" else 4
            yield (
                f'<rect class="{"stop" if steps else "off"}" x="{cell.x:.1f}" y="{cell.y:.1f}" width="{cell.width:.1f}" '
                f'height="{cell.height:.1f}" rx="{radius:g}" stroke="currentColor" {self._weight(bool(steps))}/>'
            )
            # Empty, and where the box begins: what a link to a step leads to.
            yield from (
                f'<g id="{name}-step-{step}"><path d="M{cell.x:.1f} {cell.y:.1f}h{cell.width:.1f}"/></g>' for step in steps
            )
            if not self.in_words:
                yield from (
                    f'<text class="number" x="{cell.x + cell.width / 2:.1f}" y="{cell.y + cell.height / 2 + 5:.1f}" '
                    f'fill="currentColor" font-weight="bold" font-size="14" text-anchor="middle">{escape(line)}</text>'
                    for line, _, _ in cell.rows
                )
                continue
            for number, (line, bold, hang) in enumerate(cell.rows):
                y = cell.y + _PAD + _LINE * number + 12
                thick = ' font-weight="bold"' if bold else ""
                yield f'<text x="{cell.x + _PAD + hang:.1f}" y="{y:.1f}" fill="currentColor"{thick}>{escape(line)}</text>'


def _exits(node: Node, nodes: Mapping[str, Node]) -> Iterator[_Exit]:
    ways: list[tuple[str, str, str | None]] = []
    for choice in node.choices:
        only = f" (only if {_when(choice.when)})" if choice.when else ""
        ways.append((f"{plain_text(choice.label)}{only}", choice.next, choice.choice_id))
    ways += [(f"if {_when(branch.when)}", branch.next, None) for branch in node.branches]
    if node.next is not None:
        ways.append(("otherwise" if node.branches else "", node.next, None))
    for number, (words, target, choice_id) in enumerate(ways):
        letter = "" if len(ways) == 1 else _letter(number)
        yield _Exit(letter, f"{words} → {_title(nodes[target])}".strip(), target, choice_id)


def _letter(number: int) -> str:
    """A to z, then aa, ab ..."""
    more, last = divmod(number, len(ascii_lowercase))
    return (_letter(more - 1) if more else "") + ascii_lowercase[last]


def _title(node: Node) -> str:
    return node.title or node.node_id


def _when(when: Mapping[str, object]) -> str:
    return " and ".join(f"{name} is {_wanted(value)}" for name, value in when.items())


def _wanted(value: object) -> str:
    if not isinstance(value, Condition):
        return _value(value)
    parts = []
    if value.at_least is not None:
        parts.append(f"at least {value.at_least}")
    if value.at_most is not None:
        parts.append(f"at most {value.at_most}")
    if value.is_not is not None:
        parts.append(f"not {_value(value.is_not)}")
    if value.one_of:
        parts.append(" or ".join(map(_value, value.one_of)))
    return " and ".join(parts)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value.add) if isinstance(value, Change) else str(value)


def _rows(text: str, *, bold: bool = False, hang: int = 0) -> list[tuple[str, bool, int]]:
    """`text` in lines that fit a box; those after the first stand in by `hang`."""
    lines = textwrap.wrap(" ".join(text.split()), _COLUMNS - (2 if hang else 0)) or [""]
    return [(line, bold, hang if number else 0) for number, line in enumerate(lines)]
