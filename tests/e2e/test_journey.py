"""From the first page to a certificate and the standing, with the wrong turns people take."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import assert_accessible, assert_fits, press
from tests.e2e import learner
from tests.server import Server

NAME = "Maria Example-Ortiz"


def test_a_new_clinician_comes_to_a_certificate_and_a_standing(
    server: Server, open_browser: Callable[..., BrowserContext]
) -> None:
    email = "maria@example.org"
    page = open_browser().new_page()

    # From the first page to an account; forgetting the terms loses nothing.
    page.goto("/")
    press(page.get_by_role("link", name="Check my license"))
    page.goto("/account/signup/")
    page.get_by_label("Legal name").fill(NAME)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(learner.PASSWORD)
    press(page.get_by_role("main").get_by_role("button"))
    expect(page.get_by_role("main")).to_contain_text("terms")
    assert page.get_by_label("E-mail").input_value() == email
    assert page.get_by_label("Legal name").input_value() == NAME
    page.get_by_label("Password").fill(learner.PASSWORD)
    page.get_by_label("I accept").check()
    press(page.get_by_role("main").get_by_role("button"))
    learner.confirm(page, server, email=email)

    # A wrong password says so and keeps the address.
    page = open_browser().new_page()
    learner.sign_in(page, email=email, password="not my password")
    expect(page.locator(".errors")).to_be_visible()
    assert page.get_by_label("E-mail").input_value() == email
    learner.sign_in(page, email=email)

    # The standing is empty and leads to a license; dates in the wrong order are named beside their field.
    page.goto("/standing/")
    press(page.get_by_role("main").get_by_role("link", name=re.compile("license", re.IGNORECASE)).first)
    learner.add_license(page, number="12345", issued="2028-01-01", expires="2027-05-31")
    expect(page.locator(".errors")).to_be_visible()
    assert page.get_by_label("License number").input_value() == "12345"
    learner.add_license(page, number="12345")
    answer_no(page, "couples")
    page.goto("/standing/")
    assert "0 of 36 h" in learner.requirement(page, "All continuing education")
    assert "0 of 6 h" in learner.requirement(page, "Law and ethics")

    # The course: no step can be reached by typing its address.
    page.goto(f"/courses/{learner.SLUG}/")
    expect(page.get_by_role("main")).to_contain_text("Not approved for CE credit", ignore_case=True)
    press(page.get_by_role("main").get_by_role("button", name=re.compile("start", re.IGNORECASE)))
    first_step = page.url
    for skipped in ("test", "evaluation", "attestation", "done"):
        page.goto(f"/learn/{learner.SLUG}/{skipped}/")
        assert page.url == first_step, skipped
        expect(page.get_by_role("main")).to_contain_text(re.compile("first|before|step", re.IGNORECASE))
    learner.go_on_to(page, "test")
    press(page.get_by_role("button", name="Start the test"))

    # The browser closes in the middle of the test; the answers were saved as they were given.
    page.locator("input[type=radio]").nth(1).check()
    page.locator("input[type=radio]").nth(4).check()
    expect(page.locator("#saved")).to_contain_text("Saved")
    given = page.locator("input[type=radio]:checked").evaluate_all("boxes => boxes.map(box => box.id)")
    page.context.close()
    page = open_browser().new_page()
    learner.sign_in(page, email=email)
    page.goto(f"/learn/{learner.SLUG}/")
    if page.get_by_role("button", name="Go on with the test").count():
        press(page.get_by_role("button", name="Go on with the test"))
    assert page.locator("input[type=radio]:checked").evaluate_all("boxes => boxes.map(box => box.id)") == given

    # Handing in with gaps names them; a failed attempt shows what to read, not the key; the next one passes.
    press(page.get_by_role("button", name="Hand in"))
    expect(page.locator("#errors")).to_contain_text("no answer yet")
    learner.answer(page, right=5)
    press(page.get_by_role("button", name="Hand in"))
    expect(page.get_by_role("heading", name="Not passed yet")).to_be_visible()
    assert page.locator(".key-answer").count() == 0
    press(page.get_by_role("button", name="Start a new test"))
    learner.answer(page, right=8)
    press(page.get_by_role("button", name="Hand in"))
    expect(page.get_by_role("heading", name="You passed")).to_be_visible()
    press(page.get_by_role("link", name="Go on to the evaluation"))
    learner.evaluate_course(page)

    # The attestation asks for the time zone first, then for the right name; a double click signs once.
    press(page.get_by_role("link", name="Complete your profile"))
    learner.choose_time_zone(page)
    page.goto(f"/learn/{learner.SLUG}/attestation/")
    learner.sign(page, name="Somebody Else")
    expect(page.locator(".errors, .error").first).to_be_visible()
    page.get_by_role("main").locator("input[name=signed_name]").fill(NAME)
    page.get_by_role("button", name="Sign and complete the course").dblclick()
    expect(page.get_by_role("heading", name=re.compile("You have completed"))).to_be_visible()

    # One certificate; its PDF is the one whose hash the public page shows, to anyone.
    page.goto("/certificates/")
    link = page.get_by_role("main").locator("a[href$='.pdf']")
    assert len({element.get_attribute("href") for element in link.all()}) == 1
    address = link.first.get_attribute("href")
    assert address
    pdf = page.request.get(server.url + address)
    assert pdf.headers["content-disposition"].startswith("attachment")
    number = address.split("/")[-1].removesuffix(".pdf")
    anyone = open_browser().new_page()
    anyone.goto(f"/verify/{number}/")
    main = anyone.get_by_role("main")
    expect(main).to_contain_text(NAME)
    expect(main).to_contain_text("A former client asks for coffee")
    expect(main).to_contain_text(hashlib.sha256(pdf.body()).hexdigest())
    expect(main).to_contain_text(re.compile("no (continuing education|CE) credit", re.IGNORECASE))

    # The course is on the standing and makes nothing met; hours entered by hand do count.
    page.goto("/standing/")
    assert "0 of 36 h" in learner.requirement(page, "All continuing education")
    expect(page.get_by_role("main")).to_contain_text("A former client asks for coffee")
    expect(page.get_by_role("main")).to_contain_text(re.compile("provisional", re.IGNORECASE))
    enter_credit(page, hours="6", day="2999-01-01")
    expect(page.locator(".errors")).to_contain_text(re.compile("future", re.IGNORECASE))
    page.get_by_label("Completed").first.fill("2026-03-01")
    press(page.get_by_role("main").get_by_role("button", name="Add the credit"))
    page.goto("/standing/")
    assert "6 of 36 h" in learner.requirement(page, "All continuing education")
    assert "6 of 6 h" in learner.requirement(page, "Law and ethics")
    assert "Met" in learner.requirement(page, "Law and ethics")
    assert_accessible(page)
    assert_fits(page)


def test_the_whole_way_works_without_javascript(server: Server, open_browser: Callable[..., BrowserContext]) -> None:
    page = open_browser(java_script_enabled=False).new_page()
    learner.sign_up(page, server, email="noscript@example.org", name=NAME)
    page.goto("/account/")
    learner.choose_time_zone(page)
    learner.add_license(page, number="777", kind="California LMFT")
    page.goto(f"/courses/{learner.SLUG}/")
    press(page.get_by_role("main").get_by_role("button", name=re.compile("start", re.IGNORECASE)))
    learner.go_on_to(page, "test")
    press(page.get_by_role("button", name="Start the test"))
    answer_without_script(page)
    press(page.get_by_role("button", name="Save answers"))
    press(page.get_by_role("button", name="Hand in"))
    expect(page.get_by_role("heading", name="You passed")).to_be_visible()
    press(page.get_by_role("link", name="Go on to the evaluation"))
    learner.evaluate_course(page)
    learner.sign(page, name=NAME)
    expect(page.get_by_role("heading", name=re.compile("You have completed"))).to_be_visible()
    press(page.get_by_role("link", name="See its public page"))
    expect(page.get_by_role("main")).to_contain_text(NAME)
    page.goto("/standing/")
    assert "0 of 36 h" in learner.requirement(page, "All continuing education")


def test_what_was_typed_outlives_a_session_that_ended(server: Server, page: Page) -> None:
    learner.sign_up(page, server, email="interrupted@example.org", name="Ida Interrupted")
    page.goto("/credits/add/")
    page.get_by_label("Title").first.fill("Ethics in a small town")
    page.get_by_label("Self-paced, online").check()
    page.context.clear_cookies(name="sessionid")
    press(page.get_by_role("button", name="Add the credit"))
    expect(page.get_by_role("status").first).to_contain_text("You were signed out in the meantime")
    page.get_by_label("E-mail").fill("interrupted@example.org")
    page.get_by_label("Password").fill(learner.PASSWORD)
    press(page.get_by_role("main").get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_label("Title").first).to_have_value("Ethics in a small town")
    expect(page.get_by_label("Self-paced, online")).to_be_checked()
    page.goto("/credits/add/")
    expect(page.get_by_label("Title").first).to_have_value("")
    page.get_by_label("Title").first.fill("Sent too late")
    page.context.clear_cookies(name="csrftoken")
    press(page.get_by_role("button", name="Add the credit"))
    press(page.get_by_role("link", name="Open the form again"))
    expect(page.get_by_label("Title").first).to_have_value("Sent too late")


def test_what_one_person_typed_is_not_shown_to_the_next_on_the_same_machine(
    server: Server, page: Page, open_browser: Callable[..., BrowserContext]
) -> None:
    learner.sign_up(open_browser().new_page(), server, email="second@example.org", name="Sam Second")
    learner.sign_up(page, server, email="first@example.org", name="Fay First")
    page.goto("/credits/add/")
    page.get_by_label("Title").first.fill("Private to the first")
    page.context.clear_cookies(name="sessionid")
    press(page.get_by_role("button", name="Add the credit"))
    page.get_by_label("E-mail").fill("second@example.org")
    page.get_by_label("Password").fill(learner.PASSWORD)
    press(page.get_by_role("main").get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("heading", name="Add a credit")).to_be_visible()
    expect(page.get_by_label("Title").first).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0


def test_signing_out_leaves_nothing_in_the_tab(server: Server, page: Page) -> None:
    learner.sign_up(page, server, email="leaving@example.org", name="Lea Leaving")
    page.goto("/credits/add/")
    page.get_by_label("Title").first.fill("Nobody else's affair")
    page.context.clear_cookies(name="csrftoken")
    press(page.get_by_role("button", name="Add the credit"))  # refused, so what was typed waits in the tab
    assert page.evaluate("sessionStorage.getItem('unsent')")
    page.evaluate("document.querySelector('form[action*=logout]').requestSubmit()")
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]


def test_the_operator_claims_the_administrator_account_once(
    server: Server, page: Page, open_browser: Callable[..., BrowserContext]
) -> None:
    claim = re.search(r"(/claim/\S+)", server.output())
    assert claim
    page.goto(claim[1])
    page.get_by_label("Your name").fill("Olga Operator")
    page.get_by_label("E-mail").fill("operator@example.org")
    page.get_by_label("Password").fill(learner.PASSWORD)
    page.get_by_label("I accept").check()
    press(page.get_by_role("main").get_by_role("button").first)
    # Staff sign in with a second step, the first administrator too: it is set up before any staff page opens.
    page.wait_for_url("**/account/second-step/")
    expect(page.get_by_role("status").first).to_contain_text("Staff sign in with a second step")
    learner.set_up_app(page)
    page.goto("/staff/")
    press(page.get_by_role("link", name="Sponsor").first)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    later = open_browser().new_page()
    later.goto(claim[1])
    expect(later.get_by_role("main")).to_contain_text(re.compile("used|already", re.IGNORECASE))
    assert later.locator("input[type=password]").count() == 0


def answer_no(page: Page, words: str) -> None:
    """Answer No to the question about the holder that holds some words, and save."""
    question = page.locator("fieldset").filter(has_text=re.compile(words, re.IGNORECASE)).first
    question.get_by_label("No", exact=True).check()
    press(page.get_by_role("main").get_by_role("button", name=re.compile("save", re.IGNORECASE)).first)


def answer_without_script(page: Page) -> None:
    for item in learner.COURSE.post_test.items:
        page.locator(f"input[name='answer-{item.id}'][value='{item.key}']").check()


def enter_credit(page: Page, *, hours: str, day: str) -> None:
    page.goto("/credits/add/")
    page.get_by_label("Title").first.fill("Ethics in a small town")
    page.get_by_label("Completed").first.fill(day)
    page.get_by_label("Amount").first.fill(hours)
    page.locator("[name=part_topic_0]").select_option(value="ethics")
    page.locator("[name=part_amount_0]").fill(hours)
    page.locator("[name=approvals][value=nbcc]").check()
    page.locator("[name=format]").first.select_option("asynchronous") if page.locator(
        "select[name=format]"
    ).count() else page.locator("[name=format][value=asynchronous]").check()
    press(page.get_by_role("main").get_by_role("button", name="Add the credit"))
