"""What is kept of a page is what the page would be made of now, and holds nothing of one answer or of one person."""

from __future__ import annotations

import copy
import datetime as dt
import gc
import re
import uuid
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from goodstanding.catalog.services import publish_course, save_sponsor, withdraw_approval, withdraw_course
from goodstanding.compliance import selectors
from goodstanding.compliance.selectors import HolderStanding, standing_on
from goodstanding.compliance.services import reopen_question, settle_question
from goodstanding.credit.earned import EarnedCredit
from goodstanding.credit.services import correct_credit, restore_credit, withdraw_credit
from goodstanding.flows.completing import complete
from goodstanding.kept import Kept
from goodstanding.learning import notes
from goodstanding.licensing.rulebook import rulebook
from goodstanding.licensing.selectors import access_license
from goodstanding.licensing.services import (
    answer_facts,
    change_license,
    record_carried_and_waived,
    record_renewal,
    remove_license,
    restore_license,
)
from goodstanding.web.learner import standing as standing_view
from goodstanding.web.parts import _MARK, Part
from goodstanding.web.public import catalog as catalog_view
from tests.catalog.test_signing import approve, rate
from tests.compliance.situations import NOW, PERIOD_END, TODAY, a_credit, a_license
from tests.learning.making import AT, SLUG, approved, enrolled, evaluated, play, read, small_course

pytestmark = pytest.mark.django_db

STANDING, CATALOG = reverse("standing"), reverse("course-list")
COURSE, SECTION = reverse("course-page", args=[SLUG]), reverse("learn-section", args=[SLUG, "one"])


@pytest.fixture
def clock(monkeypatch):
    """The day on which the pages are read; it stands still until a test moves it."""
    days = [TODAY]
    for view in (standing_view, catalog_view):
        monkeypatch.setattr(view, "today", lambda request: days[-1])
    return days


def forget() -> None:
    """Everything that this process keeps."""
    for one in gc.get_objects():
        if type(one) is Kept:  # a lazy object would be woken by isinstance
            one._values.clear()


def body(response: HttpResponse) -> str:
    """The page without what each answer makes anew: the values of hidden fields."""
    assert response.status_code == 200
    page = response.content.decode()
    assert _MARK not in page
    return re.sub(r'(<input type="hidden"[^>]* value=")[^"]*"', r'\1"', page)


class Watched:
    """Pages that are looked at again after everything that happens."""

    def __init__(self, client: Client, *addresses: str) -> None:
        self.client, self.addresses = client, addresses
        self.seen = self.look()

    def get(self) -> dict[str, str]:
        return {address: body(self.client.get(address)) for address in self.addresses}

    def look(self) -> dict[str, str]:
        kept = self.get()
        assert self.get() == kept
        forget()
        assert self.get() == kept, "what was kept is not what there is"
        assert self.get() == kept  # and is kept again
        return kept

    def changed(self, what: str, *addresses: str) -> None:
        """These pages, or all, are others now, and those that would be made of what there is."""
        before, self.seen = self.seen, self.look()
        for address in addresses or self.addresses:
            assert self.seen[address] != before[address], f"nothing on {address} shows {what}"


# The mechanism


@pytest.fixture
def template(monkeypatch):
    """Templates by their source, for parts that no page has."""
    monkeypatch.setattr(
        "goodstanding.web.parts.render_to_string",
        lambda source, context: engines["django"].from_string(source).render(context),
    )


def test_a_part_is_made_once_for_a_key_and_filled_each_time(template):
    part, made = Part("{{ words }}|{{ name }}|{% csrf_token %}", most=2, places=("name",)), []

    def shown(key, name):
        context = lambda: made.append(key) or {"words": f"<{key}>"}  # noqa: E731 - notes that it was asked for
        return part.render(RequestFactory().get("/"), key=key, context=context, name=name)

    first, second = shown("a", "<one>"), shown("a", "two")
    assert made == ["a"]
    assert shown("b", "x").startswith("&lt;b&gt;|x|")
    assert first.startswith("&lt;a&gt;|&lt;one&gt;|<input")
    assert second.startswith("&lt;a&gt;|two|<input")
    tokens = [re.search(r'value="(\w{64})"', each)[1] for each in (first, second)]
    assert tokens[0] != tokens[1]
    assert made == ["a", "b"]


def test_what_people_write_is_no_place(template):
    part = Part("{{ words }}", most=1)
    words = "place-0-csrf_token. place-csrf_token."
    assert part.render(RequestFactory().get("/"), key=1, context=lambda: {"words": words}) == words


# The pages


def test_the_standing_follows_everything_that_is_recorded(signed_in, clinician, clock):
    page = Watched(signed_in, STANDING)
    holder = clinician.holder
    mine = {"actor": clinician, "at": NOW}
    license_ = a_license(clinician)
    page.changed("a license")
    entry = a_credit(clinician, approvals=None)
    page.changed("a credit")
    entry = correct_credit(
        holder=holder,
        entry_id=entry.pk,
        submission=uuid.uuid4(),
        today=TODAY,
        credit=EarnedCredit(title=entry.title, completed=entry.completed, amount=Decimal(5), approvals=("nbcc",)),
        **mine,
    )
    page.changed("a correction")
    withdraw_credit(holder=holder, entry_id=entry.pk, **mine)
    page.changed("a withdrawal")
    restore_credit(holder=holder, entry_id=entry.pk, **mine)
    page.changed("a credit that is back")
    answer_facts(license=license_, answers={"couples_and_families": True}, at=NOW)
    page.changed("an answer")
    settle_question(holder=holder, license_id=license_.pk, question="sponsor_list", confirmed_on=TODAY, note="", on=TODAY, at=NOW)
    page.changed("a confirmation")
    reopen_question(holder=holder, license_id=license_.pk, question="sponsor_list", at=NOW)
    page.changed("a question that is open again")
    record_carried_and_waived(license=license_, end=PERIOD_END, carried_in={"total": Decimal(4)}, waivers=(), **mine)
    page.changed("hours that were carried in")
    change_license(
        license=license_, number="LPCC 4711", issued=dt.date(2019, 5, 10), period_start=None, period_end=PERIOD_END, renewals=3, status="active", **mine
    )  # fmt: skip
    page.changed("another number")
    record_renewal(license=license_, period_end=PERIOD_END.replace(year=2029), renewed_on=TODAY, from_end=PERIOD_END, **mine)
    clock.append(PERIOD_END + dt.timedelta(days=1))
    page.changed("the next period")
    clock.append(TODAY)
    a_license(clinician, kind="lmft")
    page.changed("a second license")
    remove_license(license=access_license(holder, license_.pk), **mine)
    page.changed("a license that was removed")
    restore_license(license=access_license(holder, license_.pk, removed=True), **mine)
    page.changed("a license that is back")


def test_the_standing_follows_the_day_and_the_rules(signed_in, clinician, clock, monkeypatch):
    a_license(clinician)
    page = Watched(signed_in, STANDING)
    clock.append(TODAY + dt.timedelta(days=1))
    page.changed("the next day")
    # The same rules read again are others, as new ones would be.
    again = copy.copy(rulebook())
    asked: list[HolderStanding] = [standing_on(holder=clinician.holder, on=TODAY)]
    monkeypatch.setattr(selectors, "rulebook", lambda: again)
    asked.append(standing_on(holder=clinician.holder, on=TODAY))
    assert asked[0] is not asked[1]
    assert page.look() == page.seen


def test_nobody_sees_the_standing_of_another(client, clinician, other_clinician, clock):
    """Two who recorded the same, word for word; each page leads to its own licenses and credits."""
    pages = []
    for user in (clinician, other_clinician):
        license_, entry = a_license(user, number="LPCC 1"), a_credit(user, "The same course")
        client.force_login(user)
        pages.append((body(client.get(STANDING)), {str(license_.pk), str(entry.pk)}))
    for at, user in enumerate((clinician, other_clinician)):
        client.force_login(user)
        page = body(client.get(STANDING))
        assert page == pages[at][0]
        found = set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", page)) - {str(user.pk)}
        assert found & pages[at][1]
        assert not found & pages[1 - at][1]


FORMS = {
    "open again": (STANDING, "/reopen/"),
    "go on": (SECTION, 'class="acts"'),
    "note": (SECTION, "data-notes"),
    "text": (SECTION, "data-reading"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_in_what_is_kept_is_taken_from_everyone_with_a_token_of_her_own(form, clinician, other_clinician, clock):
    """With the checks that the test client leaves out."""
    address, part = FORMS[form]
    tokens = []
    for user in (clinician, other_clinician):
        license_ = a_license(user)
        a_credit(user, approvals=None)
        settle_question(
            holder=user.holder, license_id=license_.pk, question="sponsor_list", confirmed_on=TODAY, note="", on=TODAY, at=NOW
        )
        enrolled(user)
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        for _ in range(2):  # the second time from what is kept
            page = client.get(address).content.decode()
        html = next(each for each in re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL) if part in each)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)) | {
            "text": "words",
            "reading": "size-l",
        }
        action = re.search(r'<form[^>]* action="([^"]*)"', html)
        target = action[1] if action else address
        assert client.post(target, fields | {"csrfmiddlewaretoken": (tokens or ["x" * 64])[0]}).status_code == 403
        assert client.post(target, fields).status_code == 302
        tokens.append(fields["csrfmiddlewaretoken"])


def test_notes_are_of_their_writer(client, clinician, other_clinician):
    """The form beside them is kept; they are not."""
    mine, _ = enrolled(clinician), enrolled(other_clinician)
    client.force_login(clinician)
    page = Watched(client, SECTION)
    notes.save_note(enrollment=mine, section_id="one", note_id=uuid.uuid4(), text="Mine alone.", at=AT)
    page.changed("a note")
    assert "Mine alone." in page.seen[SECTION]
    client.force_login(other_clinician)
    assert "Mine alone." not in body(client.get(SECTION))
    ids = [re.search(r'name="note_id" value="([^"]+)"', client.get(SECTION).content.decode())[1] for _ in range(2)]
    assert uuid.UUID(ids[0]) != uuid.UUID(ids[1])


def test_the_player_follows_how_far_its_reader_is_and_how_she_reads(client, clinician, other_clinician):
    mine = enrolled(clinician)
    enrolled(other_clinician)
    client.force_login(clinician)
    page = Watched(client, SECTION)
    first = page.seen[SECTION]
    read(mine, "one")
    page.changed("a section that was read")
    play(mine)
    page.changed("a step elsewhere that was done")
    client.post(reverse("learn-reading", args=[SLUG]), {"reading": "size-l", "back": SECTION})
    page.changed("a larger text")
    client.force_login(other_clinician)
    client.cookies.pop("reading")
    hers = body(client.get(SECTION))
    for own, other in ((other_clinician.pk, clinician.pk), (other_clinician.email, clinician.email)):
        hers = hers.replace(str(own), str(other))
    assert hers == first


def test_courses_follow_what_is_published_signed_approved_withdrawn_and_done(client, clinician, administrator, clock):
    """The page of the course and the catalog, looked at by the learner after everything that can happen to them."""
    enrollment = evaluated(clinician)
    client.force_login(clinician)
    pages = Watched(client, COURSE, CATALOG)
    for rater, difficulty in (("Ann One", "4"), ("Bea Two", "3")):
        rate(administrator, rater, difficulty)
    approve(administrator, "Cas Three")
    pages.changed("signed hours")
    approval = approved(first=TODAY, last=TODAY + dt.timedelta(days=9))
    pages.changed("an approval")
    clock.append(TODAY + dt.timedelta(days=10))
    pages.changed("the end of an approval")
    clock.append(TODAY)
    pages.changed("the approval again")
    withdraw_approval(actor=administrator, approval_id=approval.pk, withdrawn_from=TODAY, reason="For tests.")
    pages.changed("an approval that was withdrawn")
    complete(enrollment=enrollment, signed_name=clinician.profile.legal_name, at=AT)
    pages.changed("the completion")
    about = dict.fromkeys(("name", "address", "phone", "administrator_name", "administrator_title", "signature_line"), "x")
    save_sponsor(actor=administrator, email="sponsor@example.org", **about)
    pages.changed("the sponsor", COURSE)
    publish_course(course=small_course(title="The other course"), at=AT + dt.timedelta(days=1))
    pages.changed("another version")
    publish_course(course=small_course(title="A third course"), at=AT + dt.timedelta(days=2))
    pages.changed("a version that nobody has signed, after another")
    withdraw_course(actor=administrator, slug=SLUG, at=AT)
    pages.changed("a withdrawn course", CATALOG)


def test_the_catalog_of_one_is_not_that_of_another(client, clinician, other_clinician, make_user, clock):
    """Who has started, who has completed, who has done neither, and who is not signed in."""
    enrolled(clinician)
    complete(enrollment=evaluated(other_clinician), signed_name=other_clinician.profile.legal_name, at=AT)
    words = {
        clinician: ("In progress", "You have started this course"),
        other_clinician: ("Completed", "You completed this course"),
        make_user(legal_name="Cai Example"): ("", "Start the course"),
        None: ("", "Sign in to start"),
    }
    for _ in range(2):
        for user, expected in words.items():
            client.logout()
            if user is not None:
                client.force_login(user)
            pages = [body(client.get(address)) for address in (CATALOG, COURSE)]
            for at, page in enumerate(pages):
                assert expected[at] in page
                assert not [other[at] for other in words.values() if other[at] not in ("", expected[at]) and other[at] in page]


def test_a_moment_is_shown_in_the_zone_of_its_reader(client, make_user, clock):
    """The small course was published in the evening of Los Angeles, which is the next day in New York."""
    publish_course(course=small_course(), at=AT)
    for _ in range(2):
        for zone, day in (("America/Los_Angeles", "23 November 2024"), ("America/New_York", "24 November 2024")):
            client.force_login(make_user(time_zone=zone))
            assert f"published {day}" in body(client.get(COURSE))
