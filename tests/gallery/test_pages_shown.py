"""No page is forgotten by the gallery."""

from __future__ import annotations

from tests.gallery.pages import EXCUSED, REFUSES, SHOWN_TO, seen_by, shots
from tests.permissions.table import MEANING, NO, NOT_FOUND, SIGN_IN, TABLE
from tests.permissions.world import address_names


def test_every_address_is_shown_or_excused_or_takes_no_get():
    shown = {shot.name for shot in shots()}
    for name in address_names():
        if name in shown:
            continue
        answers = set(MEANING[TABLE[name][0]].values())
        assert name in EXCUSED or (NO in answers and answers <= {NO, SIGN_IN, NOT_FOUND}), f"{name} is in no picture"


def test_nothing_is_excused_that_is_shown_or_gone():
    assert set(EXCUSED) | set(SHOWN_TO) | REFUSES <= set(address_names())
    assert not set(EXCUSED) & {shot.name for shot in shots()}
    assert all(seen_by(name) for name in REFUSES)


def test_no_two_pictures_have_one_name():
    titles = [shot.title for shot in shots()]
    assert len(titles) == len(set(titles))
