"""
What the gallery shows: every address that answers somebody with a page, each in its states.

Who sees a page is read from the table of permissions, which knows every address; so a page that is added there is added here.
What is no page stands in :data:`EXCUSED` with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.permissions.table import MEANING, OK, ROLES, TABLE

EXCUSED = {
    "api-evaluate": "for programs",
    "api-openapi": "for programs",
    "api-rule": "for programs",
    "api-rules": "for programs",
    "api-rules-csv": "for programs",
    "api-rules-json": "for programs",
    "health-live": "for machines",
    "health-ready": "for machines",
    "requirements-try-keep": "a button of requirements-try",
    "tried": "shown only to who has just tried something; the journey of tests/e2e looks at it",
    "robots": "for machines",
    "sitemap": "for machines",
    "certificate-pdf": "a file",
    "credit-proof": "a file",
    "credit-table": "a file",
    "standing-credits-table": "a file",
    "data-export-file": "a file",
    "learn-image": "a file",
    "learn-notes-file": "a file",
    "staff-approval-evidence": "a file",
    "staff-audit-export": "a file",
    "standing-case-file": "a file",
    "account_confirm_login_code": "signing in by code is off; leads to the sign-in",
    "account_set_password": "every account has a password; leads to changing it",
    "mfa_login_webauthn": "for the script of the sign-in page",
    "mfa_reauthenticate_webauthn": "for the script of the page that asks for the passkey",
    "data-export-open": "leads to the page of the export",
    "learn-attestation": "the walk through the course shows it",
    "learn-replay-back": "comes after a replay; the looking back that it shares its template with is shown",
    "learn": "leads to the step where the reader is",
}
SHOWN_TO = {
    # What the table says of an unknown key, and of one who has none, is not the page.
    "account_confirm_email": "anonymous",
    "account_reset_password_from_key": "anonymous",
    "mfa_authenticate": "at the second step",
    "recovery-codes": "owner",
    "staff-hours-withdraw": "administrator",
    "claim": "other clinician",
    # The owner waits for a new address to be confirmed, and adds nothing to the second step until then.
    "mfa_activate_totp": "other clinician",
    "mfa_add_webauthn": "other clinician",
}
"""Pages whose state the prepared people have and those of the table have not."""

AREAS = {
    "staff-": "staff",
    "learn": "learn",
    "my-learning": "learn",
    "account": "account",
    "mfa_": "account",
    "recovery-": "account",
    "session-": "account",
}
PUBLIC = ("home", "terms", "privacy", "course-", "verify", "claim")
REFUSES = {
    "account_login", "account_signup", "account_reset_password", "account_reset_password_from_key", "account_email", "account_change_password",
    "account_reauthenticate", "account", "course-contact", "requirements-mistake", "requirements-try", "license-add", "license-edit", "license-renew", "credit-add",
    "credit-correct", "mfa_activate_totp", "mfa_authenticate", "staff-approval-record",
    "staff-approval-withdraw", "staff-certificate-revoke", "staff-hours-approve", "staff-hours-rate", "standing-confirm", "verify",
}  # fmt: skip
"""Pages whose form is handed in empty, to see what it answers."""


@dataclass(frozen=True)
class Shot:
    """One state of one page."""

    name: str
    """Of the address."""
    who: str
    """A role of the prepared people, or somebody of the demonstration by the first part of the address."""
    state: str
    """`page` as it is, `full`, `empty`, or `errors` after a form that was handed in with nothing in it."""

    @property
    def area(self) -> str:
        if self.name.startswith(PUBLIC):
            return "public"
        return next((area for start, area in AREAS.items() if self.name.startswith(start)), "clinician")

    @property
    def title(self) -> str:
        return f"{self.area}-{self.name.replace('_', '-')}-{self.state}"


def seen_by(name: str) -> str | None:
    """Whom the gallery asks a page as; None if it is nobody's page."""
    if name in EXCUSED:
        return None
    if name in SHOWN_TO:
        return SHOWN_TO[name]
    get = MEANING[TABLE[name][0]]
    return next((role for role in ROLES if get[role] == OK), None)


def shots() -> list[Shot]:
    """Every state of every page. The owner has ten licenses, long names and one of everything; `new` has nothing yet."""
    found = []
    for name, (get, _) in TABLE.items():
        who = seen_by(name)
        if who is None:
            continue
        own = get == "self" and not name.startswith(("account", "mfa_"))
        found.append(Shot(name, who, "full" if own else "page"))
        if own:
            found += [Shot(name, "short", "page"), Shot(name, "new", "empty")]
        if name in REFUSES:
            found.append(Shot(name, who, "errors"))
    return found
