"""Scenarios drawn at random: nodes in layers, so that no loop can arise, with values set and asked for anywhere."""

from __future__ import annotations

from hypothesis import strategies as st

from goodstanding.core.courseware import Change, Condition, Node, Scenario
from goodstanding.core.courseware.model import Branch, Choice, Feedback, Mark

FEEDBACK = Feedback(verdict="v", why="w", would_change="c", do_next="d", source="s")


WANTED = st.fixed_dictionaries(
    {},
    optional={
        "x": st.booleans() | st.builds(Condition, is_not=st.booleans()),
        "y": st.booleans(),
        "n": st.integers(0, 3)
        | st.builds(Condition, at_least=st.integers(-1, 3))
        | st.builds(Condition, at_most=st.integers(-1, 3)),
        "mood": st.builds(Condition, one_of=st.lists(st.sampled_from(["calm", "raw"]), min_size=1).map(tuple)),
    },
)
ASSIGNED = st.fixed_dictionaries(
    {},
    optional={
        "x": st.booleans(),
        "y": st.booleans(),
        "n": st.integers(0, 3) | st.builds(Change, add=st.integers(-2, 2)),
        "mood": st.sampled_from(["calm", "raw", "tired"]),
    },
)


def _choice(draw: st.DrawFn, name: str, later: list[str]) -> Choice:
    return Choice(
        choice_id=name,
        label=f"Do {name}.",
        next=draw(st.sampled_from(later)),
        rating="sound",
        feedback=FEEDBACK,
        when=draw(WANTED) if name != "c0" else {},
        set=draw(ASSIGNED),
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    size = draw(st.integers(min_value=1, max_value=8))
    names = [f"n{number}" for number in range(size)] + ["end"]
    nodes = []
    for number in range(size):
        later = names[number + 1 :]
        kind = draw(st.sampled_from(["notice", "decide", "consult", "document", "consequence", "reflect"]))
        chooses = kind in ("decide", "consult", "document")
        branches = [
            Branch(when=draw(WANTED), next=draw(st.sampled_from(later)))
            for _ in range(0 if chooses else draw(st.integers(min_value=0, max_value=2)))
        ]
        nodes.append(
            Node(
                node_id=names[number],
                kind=kind,
                text="Something happens.",
                est_seconds=1,
                marks=tuple(
                    Mark(mark_id=f"m{m}", label="It", weight="relevant", comment="It.")
                    for m in range(2 if kind == "notice" else draw(st.integers(0, 1)))
                ),
                choices=tuple(_choice(draw, f"c{c}", later) for c in range(3 * chooses)),
                branches=tuple(branches),
                next=None if chooses else draw(st.sampled_from(later)),
            )
        )
    nodes.append(Node(node_id="end", kind="end", text="It is over.", est_seconds=1))
    return Scenario(
        id="drawn",
        title="T",
        introduction="I",
        objectives=("o",),
        start="n0",
        state={"x": False, "y": True, "n": 0, "mood": "tired"},
        nodes=tuple(nodes),
    )
