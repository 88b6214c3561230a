"""
In a grown database, pages find one person's rows by an index, never by reading everyone's.

A few hundred made-up people stand for a hundred thousand: what is asked is the plan, not the time. PostgreSQL rightly reads a
small table whole, so it is told to avoid that wherever it can; what it still reads whole has no index to go by.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goodstanding.accounts.finding import find_people
from goodstanding.accounts.models import Holder, PersonWord, Profile, User
from goodstanding.accounts.words import words_of
from goodstanding.audit.services import Tag, record_event
from goodstanding.credit.models import CreditEntry
from goodstanding.learning.models import Enrollment, SectionVisit
from goodstanding.licensing.models import License
from tests.compliance.situations import NOW, a_credit, a_license
from tests.learning.making import SLUG, enrolled, read

pytestmark = pytest.mark.django_db

GROWING = ("credit_creditentry", "credit_certificate", "credit_creditwithdrawal", "credit_creditproof", "licensing_license",
           "licensing_licenseperiod", "accounts_user", "accounts_holder", "accounts_profile", "accounts_personword", "learning_enrollment",
           "learning_sectionvisit", "learning_completion", "learning_sitting", "audit_auditevent")  # fmt: skip
"""The tables that grow with people and time."""

PAGES = {
    "standing": ("standing", []),
    "credits": ("credit-list", []),
    "certificates": ("certificate-list", []),
    "section": ("learn-section", [SLUG, "one"]),
    "my learning": ("my-learning", []),
    "catalog": ("course-list", []),
    "course page": ("course-page", [SLUG]),
    "verify": ("verify-certificate", ["GS-0000-0000-0000-0000-0"]),
}


@pytest.fixture
def grown(signed_in, clinician):
    """The clinician among 300 others with ten credits each, and the database told how much there is of what."""
    a_license(clinician)
    a_credit(clinician)
    read(enrolled(clinician), "one")
    users = User.objects.bulk_create(User(email=f"{number}@population.example", password="!") for number in range(300))
    holders = Holder.objects.bulk_create(Holder(user=user) for user in users)
    Profile.objects.bulk_create(Profile(user=user, legal_name="Synthetic Learner") for user in users)
    PersonWord.objects.bulk_create(
        PersonWord(user=user, word=word.encode())
        for user in users
        for word in words_of(legal_name="Synthetic Learner", email=user.email)
    )
    License.objects.bulk_create(
        License(holder=holder, rule="us/ca/lpcc", profession="counselor", license_type="LPCC", number="1", number_key="1")
        for holder in holders
    )
    CreditEntry.objects.bulk_create(
        CreditEntry(
            holder=holder, title="Synthetic", completed=dt.date(2026, 1, 1), amount=1, format="asynchronous", entered_at=NOW
        )
        for holder in holders
        for _ in range(10)
    )
    mine = Enrollment.objects.get()
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(holder=holder, course_id=SLUG, version=mine.version, started_at=NOW, started_on=NOW.date())
        for holder in holders
    )
    SectionVisit.objects.bulk_create(SectionVisit(enrollment=each, section="one", opened_at=NOW) for each in enrollments)
    for number in range(30):
        record_event(tag=Tag.SPONSOR_CHANGED, actor=None, subject_kind="sponsor", subject_id=f"s{number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    return signed_in


def read_whole(queries: CaptureQueriesContext) -> list[str]:
    """The steps of the plans of these queries that read one of the growing tables from end to end."""
    found = []
    for query in queries.captured_queries:
        if not query["sql"].startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{query['sql']}")
            lines = [str(row[-1]).strip() for row in cursor.fetchall()]
        # a plan names tables as the query does: by their name, or by the other name they have in it
        names = {*GROWING, *(other for table, other in re.findall(r'"(\w+)" (\w+)', query["sql"]) if table in GROWING)}
        for line in lines:
            read = re.match(r"(?:->\s*)?(?:SCAN|Seq Scan on) (.*)", line)
            if read and not names.isdisjoint(re.findall(r"\w+", read[1])):
                found.append(f"{line}: {query['sql'][:300]}")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_a_learner_reads_a_whole_table(grown, page):
    name, args = PAGES[page]
    address = reverse(name, args=args)
    grown.get(address)
    with CaptureQueriesContext(connection) as queries:
        grown.get(address)
    assert not read_whole(queries)


@pytest.mark.parametrize("query", ["7@pop", "synthetic learner", "population", "exam synth", "nobody at all"])
def test_the_search_for_people_reads_no_whole_table(grown, monkeypatch, query):
    for name, bound in {"_LIST": 20, "MOST_FOUND": 10, "_MOST_READ": 60}.items():  # few, measured by how many there are
        monkeypatch.setattr(f"goodstanding.accounts.finding.{name}", bound)
    with CaptureQueriesContext(connection) as queries:
        find_people(query)[:25]
    assert len(queries)
    assert not read_whole(queries)


def test_a_query_without_an_index_would_be_seen(grown):
    with CaptureQueriesContext(connection) as queries:
        list(CreditEntry.objects.filter(title="Something").order_by())
    assert read_whole(queries)
