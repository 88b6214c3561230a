"""
Lints of test items, by published item-writing research; each is named in a comment as the authors' guide names it.

What only people can judge (whether one answer is the best, whether an item gives another away) is not here: see
``docs/decisions/0012-course-lints.md``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from goodstanding.core.courseware.check_texts import grade_findings, length_findings, names_number, sentence_findings
from goodstanding.core.courseware.model import Item
from goodstanding.core.courseware.readability import split_sentences
from goodstanding.core.documents import Document, Finding, Location

OPTIONS = 3
LONGEST_KEY = 1.25
"""A key may be this much longer than the longest other option before its length gives it away."""
APPLICATION_SHARE = 0.6
RARE_SHARE = 0.25
"""A word is rare in a bank if no more of its items than this have it in their stems."""

_NEGATIVE = re.compile(r"\b(not|except|least|never)\b|n['’]t\b")
_ALL_OR_NONE = re.compile(
    r"\b(all|none|both|neither) of the (above|others?|options?|answers?)\b|\b(both )?[ABC] and [ABC]\b", re.IGNORECASE
)
_LEANS_ON_ANOTHER = re.compile(
    r"\A(the same\b,? (and|but|plus|with|without|as)|as above|ditto|like (option|the (first|second|third|last|other)))\b",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(r"\b(always|never|only)\b", re.IGNORECASE)
_VAGUE = re.compile(r"\b(usually|often|rarely|sometimes|frequently|seldom|occasionally)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-zÀ-ÿ]+")
_ENDING = re.compile(r"(ies|ings?|ed|es|s|ly)\Z")
_TRUE_OR_FALSE = frozenset({"true", "false", "yes", "no", "right", "wrong", "correct", "incorrect"})
_LITTLE_WORDS = frozenset(
    [
        "about",
        "above",
        "after",
        "again",
        "against",
        "along",
        "also",
        "although",
        "among",
        "another",
        "answer",
        "because",
        "been",
        "before",
        "being",
        "below",
        "best",
        "better",
        "between",
        "both",
        "could",
        "does",
        "doing",
        "done",
        "during",
        "each",
        "either",
        "even",
        "ever",
        "every",
        "first",
        "from",
        "have",
        "having",
        "here",
        "hers",
        "herself",
        "himself",
        "into",
        "itself",
        "just",
        "know",
        "last",
        "later",
        "least",
        "less",
        "made",
        "make",
        "many",
        "might",
        "more",
        "most",
        "much",
        "must",
        "need",
        "next",
        "nothing",
        "once",
        "only",
        "other",
        "over",
        "own",
        "rather",
        "same",
        "shall",
        "should",
        "since",
        "some",
        "something",
        "still",
        "such",
        "tell",
        "than",
        "that",
        "their",
        "them",
        "themselves",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "this",
        "those",
        "though",
        "through",
        "thus",
        "under",
        "until",
        "upon",
        "very",
        "want",
        "were",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "whom",
        "whose",
        "will",
        "with",
        "within",
        "without",
        "would",
        "your",
        "yours",
        "yourself",
    ]
)


def bank_findings(document: Document, items: Sequence[Item], unverified: Sequence[str]) -> Iterator[Finding]:
    """The faults of each item of a bank, and of the bank as a whole."""
    rare = _rare_words(items)
    asked_before: dict[tuple[str, ...], str] = {}
    for number, item in enumerate(items):
        at: Location = ("items", number)
        yield from _item(document, at, item)
        same = asked_before.setdefault(tuple(re.findall(r"\w+", item.stem.casefold())), item.id)
        if same != item.id:
            yield document.finding(
                (*at, "stem"),
                f"The item `{item.id}` has the stem of `{same}`.",
                "A form may draw both; write another scene for the same objective.",
            )
        yield from _echoes(document, at, item, rare)
        asked = " ".join((item.stem, *(option.text for option in item.options)))
        for standard in unverified:
            if names_number(asked, standard):
                yield document.finding(
                    at,
                    f"The item `{item.id}` asks about {standard}, which is not verified.",
                    "What is not verified is never graded; ask about the duty.",
                )
    applied = sum(item.cognitive_level != "recall" for item in items)
    if applied < APPLICATION_SHARE * len(items):
        yield document.finding(  # mcq_application
            ("items",),
            f"Only {applied} of {len(items)} items ask to apply or analyze.",
            f"At least {APPLICATION_SHARE:.0%} should put the learner into a scene.",
        )
    yield from _lengths(document, items)
    positions = Counter([option.option_id for option in item.options].index(item.key) for item in items)
    place, times = max(positions.items(), key=lambda pair: (pair[1], -pair[0]))
    if times > max(2, math.ceil(len(items) / 2)):
        yield document.finding(  # mcq_key_balance
            ("items",),
            f"The key is option {place + 1} in {times} of {len(items)} items.",
            "Spread the keys over the positions; options are shuffled for the learner, but not for reviewers.",
        )


def _lengths(document: Document, items: Sequence[Item]) -> Iterator[Finding]:
    """Each key may be a little longer than the other options; if most are, length gives the bank away."""
    for word, pick in (("longest", max), ("shortest", min)):
        told = 0
        for item in items:
            others = [len(option.text) for option in item.options if option.option_id != item.key]
            key = len(item.option(item.key).text)
            told += bool(others) and key != pick(others) and pick(key, *others) == key
        if told > max(2, math.ceil(len(items) / 2)):
            yield document.finding(  # mcq_equal_length
                ("items",),
                f"The key is the {word} option in {told} of {len(items)} items.",
                "Readers who know nothing would pass by length; rewrite until it tells nothing.",
            )


def is_true_or_false(item: Item) -> bool:
    """Whether `item` only asks if something is so."""
    return len(item.options) == 2 or all(  # noqa: PLR2004
        option.text.strip(" .").casefold() in _TRUE_OR_FALSE for option in item.options
    )


def _item(document: Document, at: Location, item: Item) -> Iterator[Finding]:
    name = f"The item `{item.id}`"
    if len(item.options) != OPTIONS:  # mcq_three_options
        yield document.finding(
            (*at, "options"), f"{name} has {len(item.options)} options.", "Three are enough, and all should work."
        )
    yield from _stem(document, (*at, "stem"), item)
    for place, option in enumerate(item.options):
        here: Location = (*at, "options", place, "text")
        for pattern, mend in (
            (_ALL_OR_NONE, "Every option must be an answer of its own."),  # mcq_no_all_none
            (_LEANS_ON_ANOTHER, "Options are shuffled; say all of it in each."),
            (_ABSOLUTE, "Absolutes give an option away as wrong; put it another way."),  # mcq_no_absolutes
            (_VAGUE, "Readers differ on how much that is; put it another way."),  # mcq_no_vague_frequency
        ):
            if match := pattern.search(option.text):
                yield document.finding(here, f"The option `{option.option_id}` of `{item.id}` uses “{match[0]}”.", mend)
        rationale = document.finding((*at, "options", place, "rationale"), "", "")
        what = f"The rationale of `{option.option_id}` in `{item.id}`"
        yield from length_findings(rationale, option.rationale, what)
        yield from grade_findings(rationale, "feedback", option.rationale, what)
        yield from sentence_findings(rationale, option.rationale, what)
    others = [len(option.text) for option in item.options if option.option_id != item.key]
    if others and len(item.option(item.key).text) > LONGEST_KEY * max(others):  # mcq_equal_length
        yield document.finding(
            (*at, "key"), f"The key of `{item.id}` is by far the longest option.", "Shorten it, or fill out the others."
        )
    if len({option.text.casefold() for option in item.options}) < len(item.options):
        yield document.finding((*at, "options"), f"{name} has the same option twice.", "Change one of them.")
    if all(re.search(r"\d", option.text) and len(option.text.split()) <= 2 for option in item.options):  # noqa: PLR2004
        yield document.finding(  # mcq_no_trivia
            (*at, "options"), f"{name} asks for numbers alone.", "Ask what the learner would do, not where it is written."
        )
    if not item.references:  # mcq_reference
        yield document.finding(at, f"{name} names no reference.", "Add `references`: what supports the key.")


def _stem(document: Document, stem: Location, item: Item) -> Iterator[Finding]:
    if not item.stem.rstrip().endswith("?"):  # mcq_closed_stem
        yield document.finding(stem, f"The stem of `{item.id}` does not end with a question.", "End it with one, and a ?.")
    question = (split_sentences(item.stem) or [item.stem])[-1]
    if match := _NEGATIVE.search(question):  # mcq_no_negative; capitals are the allowed exception
        yield document.finding(
            stem,
            f"The question of `{item.id}` turns on “{match[0]}”.",
            "Ask for what is right; if you can not, write NOT in capitals.",
        )
    if match := _VAGUE.search(question):  # mcq_no_vague_frequency
        yield document.finding(stem, f"The question of `{item.id}` uses “{match[0]}”.", "Say how frequently, or leave it out.")
    yield from grade_findings(document.finding(stem, "", ""), "stem", item.stem, f"The stem of `{item.id}`")
    yield from sentence_findings(document.finding(stem, "", ""), item.stem, f"The stem of `{item.id}`")


def _echoes(document: Document, at: Location, item: Item, rare: frozenset[str]) -> Iterator[Finding]:
    """Keys that can be told by their words alone."""
    words = {option.option_id: _content_words(option.text) for option in item.options}
    key = words[item.key]
    others = [used for name, used in words.items() if name != item.key]
    stem = _content_words(item.stem) & rare
    echoed = sorted(stem & key)
    # Where each option takes up something from the stem, no echo tells them apart.
    if echoed and not any(stem & used for used in others):  # mcq_no_clang
        yield document.finding(
            (*at, "key"),
            f"The key of `{item.id}` alone repeats “{echoed[0]}” from the stem.",
            "Put it another way in the key, or use the word in another option, too.",
        )
    common = key.intersection(*others)
    apart = [(key & used) - common for used in others]
    among_others = set().union(*(one & other for n, one in enumerate(others) for other in others[n + 1 :])) - common
    if len(others) > 1 and all(apart) and not among_others:  # mcq_no_convergence
        shared = ", ".join(f"“{min(used)}”" for used in apart)
        yield document.finding(
            (*at, "key"),
            f"The key of `{item.id}` shares words with each other option ({shared}), and these share none.",
            "Readers pick the answer in the middle; let the other options share something, too.",
        )


def _rare_words(items: Sequence[Item]) -> frozenset[str]:
    stems = Counter(word for item in items for word in _content_words(item.stem))
    most = max(1, int(RARE_SHARE * len(items)))
    # Short words come back by themselves.
    return frozenset(word for word, times in stems.items() if times <= most and len(word) > 4)  # noqa: PLR2004


def _content_words(text: str) -> set[str]:
    """The longer words of `text` without their endings, so that `records` and `recording` are one."""
    words = (word.lower() for word in _WORD.findall(text))
    return {_ENDING.sub("", word) for word in words if len(word) > 3 and word not in _LITTLE_WORDS}  # noqa: PLR2004
