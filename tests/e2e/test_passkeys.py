"""A passkey in a real browser: added by keyboard, used as the whole sign-in, as the second step, and to confirm a change."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser import assert_accessible, press
from tests.e2e import learner
from tests.server import Server


def test_a_passkey_from_adding_to_removing(browser: Browser, server: Server) -> None:
    address = server.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to a number
    context = browser.new_context(base_url=address)
    refused: list[str] = []
    context.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    context.on("weberror", lambda error: refused.append(str(error.error)))
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    learner.sign_up(page, server, email="passkey@example.org", name="Pia Passkey")
    learner.choose_time_zone(page)

    page.goto("/account/second-step/")
    assert_accessible(page)
    press(page.get_by_role("link", name="Add a passkey"))
    page.get_by_label("Password").fill(learner.PASSWORD)
    press(page.get_by_role("button", name="Continue"))
    page.get_by_label("Name").fill("Laptop")
    assert_accessible(page)
    with page.expect_navigation():
        page.get_by_label("Name").press("Enter")  # by keyboard
    press(page.get_by_role("link", name="Make recovery codes"))
    assert_accessible(page)
    press(page.get_by_role("button", name="Make the codes"))
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a text file").click()
    assert saved.value.suggested_filename == "recovery-codes.txt"
    codes = page.get_by_role("main").locator(".codes li").all_text_contents()
    assert len(codes) == 10
    assert [line for line in saved.value.path().read_text(encoding="utf-8").splitlines() if line.isdigit()] == codes

    sign_out(page)
    page.goto("/account/login/?next=/credits/")
    assert_accessible(page)
    press(page.get_by_role("button", name="Sign in with a passkey"))
    page.wait_for_url("**/credits/")

    sign_out(page)
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill("passkey@example.org")
    page.get_by_label("Password").fill(learner.PASSWORD)
    press(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert_accessible(page)
    press(page.get_by_role("button", name="Use a passkey"))
    page.wait_for_url("**/standing/")

    page.goto("/account/second-step/webauthn/")
    press(page.get_by_role("link", name="Remove Laptop"))
    if page.get_by_role("heading", name="Confirm that it is you").count():
        press(page.get_by_role("link", name="With a passkey"))
        assert_accessible(page)
        press(page.get_by_role("button", name="Use a passkey"))
    press(page.get_by_role("button", name="Remove the passkey"))
    expect(page.get_by_role("main")).to_contain_text("You have none.")

    sign_out(page)
    page.goto("/account/login/")
    press(page.get_by_role("button", name="Sign in with a passkey"))
    expect(page.get_by_role("status").first).to_contain_text("This is not right")
    page.goto("/account/")
    assert "/account/login/" in page.url
    assert refused == []
    context.close()


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    press(page.get_by_role("main").get_by_role("button", name="Sign out"))
