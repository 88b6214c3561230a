"""The sponsor profile, as certificates print it."""

from __future__ import annotations

from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag
from goodstanding.catalog.selectors import get_sponsor

GIVEN = {
    "name": "Example Institute",
    "address": "1 Example Street\nExample City, CA",
    "phone": "(555) 555-0100",
    "email": "office@example.org",
    "administrator_name": "Dana Example",
    "administrator_title": "Program administrator",
    "signature_line": "Dana Example, LCSW",
}


def test_a_saved_profile_is_shown_as_it_is_printed(as_administrator):
    response = as_administrator.post("/staff/sponsor/", GIVEN, follow=True)

    page = response.content.decode()
    assert "The sponsor profile is saved." in page
    assert "1 Example Street<br>Example City, CA" in page
    assert get_sponsor().signature_line == "Dana Example, LCSW"
    assert "not complete" not in page


def test_the_audit_log_learns_which_fields_changed_and_not_what_they_say(as_administrator, administrator):
    as_administrator.post("/staff/sponsor/", GIVEN)
    as_administrator.post("/staff/sponsor/", GIVEN | {"phone": "(555) 555-0101"})

    events = list(list_events(tag=Tag.SPONSOR_CHANGED))
    assert [event.data for event in events] == [{"fields": ["phone"]}, {"fields": list(GIVEN)}]
    assert {event.actor for event in events} == {str(administrator.pk)}


def test_a_mistake_keeps_what_was_typed_and_saves_nothing(as_administrator):
    response = as_administrator.post("/staff/sponsor/", GIVEN | {"email": "office at example"})

    page = response.content.decode()
    assert response.status_code == 400
    assert "office at example" in page
    assert "Example Institute" in page
    assert get_sponsor().name == ""


def test_text_is_shown_as_text(as_administrator):
    page = as_administrator.post("/staff/sponsor/", GIVEN | {"name": "<b>Institute</b>"}, follow=True).content.decode()
    assert "&lt;b&gt;Institute&lt;/b&gt;" in page
    assert "<b>Institute</b>" not in page
