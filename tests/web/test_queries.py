"""The pages that learners open most ask the database at most eight times, however much there is, and say the same twice."""

from __future__ import annotations

import pytest
from django.urls import reverse

from goodstanding.learning import selectors
from tests.compliance.situations import a_credit, a_license
from tests.learning.making import SLUG, enrolled, read

pytestmark = pytest.mark.django_db

MOST = 8
PAGES = {
    "section": ("learn-section", [SLUG, "one"]),
    "standing": ("standing", []),
    "catalog": ("course-list", []),
    "course page": ("course-page", [SLUG]),
}


@pytest.fixture
def learner(signed_in, clinician):
    for kind in ("lpcc", "lmft", "lcsw"):
        a_license(clinician, kind=kind)
    for number in range(12):
        a_credit(clinician, f"Course {number}", hours="1.5")
    read(enrolled(clinician), "one")
    return signed_in


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_little(learner, django_assert_max_num_queries, page):
    name, args = PAGES[page]
    address = reverse(name, args=args)
    learner.get(address)  # the first look may remember where its reader is
    with django_assert_max_num_queries(MOST):
        again = learner.get(address)
    assert again.status_code == 200


def test_what_is_kept_of_a_section_is_not_what_one_learner_did(learner, clinician, make_user):
    """Text and outline are kept between requests; another learner, less far, must not get the first one's."""
    address = reverse("learn-section", args=[SLUG, "one"])
    assert 'aria-label="Done"' in learner.get(address).content.decode()
    other = make_user(legal_name="Cai Example")
    enrolled(other)
    learner.force_login(other)
    page = learner.get(address).content.decode()
    assert 'aria-label="Done"' not in page
    assert not selectors.path_of(selectors.access_enrollment(other.holder, SLUG)).minutes_done
    learner.force_login(clinician)
    assert 'aria-label="Done"' in learner.get(address).content.decode()
