"""
Who may ask what: every address of the product, for GET and for POST, in words that :data:`MEANING` spells out by role.

An address that is not here fails the test, and so does a line whose address is gone: nothing is permitted by being forgotten.
"""

from __future__ import annotations

ROLES = ("anonymous", "owner", "other clinician", "support", "editor", "finance", "administrator")

OK, SIGN_IN, NOT_FOUND, NO, ELSEWHERE = "ok", "sign-in", "not found", "not taken", "elsewhere"
"""
ok: answered, or done and led on. sign-in: led to the sign-in, and back afterwards. not found: as if there were nothing.
not taken: the address takes no such request. elsewhere: led to a page of one's own that is the right one instead.
"""


def _all(outcome: str, **others: str) -> dict[str, str]:
    return {role: others.get(role.replace(" ", "_"), outcome) for role in ROLES}


def _staff(*roles: str) -> dict[str, str]:
    return {"anonymous": SIGN_IN} | {role: OK if role in (*roles, "administrator") else NOT_FOUND for role in ROLES[1:]}


MEANING: dict[str, dict[str, str]] = {
    "anyone": _all(OK),
    "nobody": _all(NO),
    # Pages for people who are signed out; whoever is signed in is led on.
    "signed out": _all(ELSEWHERE, anonymous=OK),
    # One's own affairs, whoever one is.
    "self": _all(OK, anonymous=SIGN_IN),
    "self, one way on": _all(ELSEWHERE, anonymous=SIGN_IN),
    "no form": _all(NO, anonymous=SIGN_IN),
    # A row of one person. For everyone else, staff too, it does not exist.
    "owner": _all(NOT_FOUND, anonymous=SIGN_IN, owner=OK),
    "owner, administrator": _all(NOT_FOUND, anonymous=SIGN_IN, owner=OK, administrator=OK),
    "owner, no form": _all(NO, anonymous=SIGN_IN),
    # A course: who has not started it is led to its page. "Other clinician" has started it, too.
    "enrolled": _all(ELSEWHERE, anonymous=SIGN_IN, owner=OK, other_clinician=OK),
    # A row that belongs to one enrollment: not found for who takes the same course.
    "owner in course": _all(ELSEWHERE, anonymous=SIGN_IN, owner=OK, other_clinician=NOT_FOUND),
    "owner in course, gone is gone": _all(ELSEWHERE, anonymous=SIGN_IN, owner=OK),
    "nothing named": _all(NOT_FOUND, anonymous=SIGN_IN),
    "owner in course, answers": _all(NOT_FOUND, anonymous=SIGN_IN, owner=OK),
    # Staff: what is not granted does not exist.
    "staff": _staff("support", "editor", "finance"),
    "support": _staff("support"),
    "editor": _staff("editor"),
    "administrator": _staff(),
    # Staff pages that take no such request: the guard stands before that.
    "support, no form": _staff("support") | dict.fromkeys(("support", "administrator"), NO),
    "editor, no form": _staff("editor") | dict.fromkeys(("editor", "administrator"), NO),
    "staff, no form": _staff() | dict.fromkeys(("support", "editor", "finance", "administrator"), NO),
    "administrator, no form": _staff() | {"administrator": NO},
    # What only somebody with an app, or a passkey, has.
    "has app": _all(OK, anonymous=SIGN_IN, owner=NOT_FOUND, other_clinician=NOT_FOUND),
    "has no app": _all(ELSEWHERE, anonymous=SIGN_IN, owner=OK, other_clinician=OK),
    "code in app": _all(OK, anonymous=SIGN_IN, owner=ELSEWHERE, other_clinician=ELSEWHERE),
    "has passkey": _all(ELSEWHERE, anonymous=SIGN_IN, owner=OK),
    # The link that makes the first administrator, when there is one already.
    "claim": _all(OK, support=ELSEWHERE, editor=ELSEWHERE, finance=ELSEWHERE, administrator=ELSEWHERE),
}

TABLE: dict[str, tuple[str, str]] = {
    # public
    "home": ("anyone", "nobody"),
    "terms": ("anyone", "nobody"),
    "privacy": ("anyone", "nobody"),
    "health-live": ("anyone", "nobody"),
    "health-ready": ("anyone", "nobody"),
    "course-list": ("anyone", "nobody"),
    "course-page": ("anyone", "nobody"),
    "requirements": ("anyone", "nobody"),
    "robots": ("anyone", "nobody"),
    "sitemap": ("anyone", "nobody"),
    "api-rules": ("anyone", "nobody"),
    "api-rules-json": ("anyone", "nobody"),
    "api-rules-csv": ("anyone", "nobody"),
    "api-rule": ("anyone", "nobody"),
    "api-evaluate": ("nobody", "anyone"),
    "api-openapi": ("anyone", "nobody"),
    "requirements-page": ("anyone", "nobody"),
    "requirements-compare": ("anyone", "nobody"),
    "requirements-mistake": ("anyone", "anyone"),
    "requirements-try": ("anyone", "anyone"),
    "requirements-try-keep": ("nobody", "anyone"),
    "tried": ("self, one way on", "self, one way on"),
    "course-contact": ("anyone", "anyone"),
    "verify": ("anyone", "anyone"),
    "verify-certificate": ("anyone", "nobody"),
    "claim": ("claim", "anyone"),
    # getting in and out
    "account_login": ("signed out", "signed out"),
    "account_signup": ("signed out", "signed out"),
    "account_logout": ("self, or home", "leaving"),
    "account_inactive": ("anyone", "nobody"),
    "account_email_verification_sent": ("anyone", "nobody"),
    "account_confirm_email": ("anyone", "unknown key"),
    "account_confirm_login_code": ("to sign-in", "to sign-in"),
    "account_reset_password": ("anyone", "anyone"),
    "account_reset_password_done": ("anyone", "nobody"),
    "account_reset_password_from_key": ("anyone", "anyone"),
    "account_reset_password_from_key_done": ("anyone", "nobody"),
    "mfa_authenticate": ("to sign-in", "to sign-in"),
    "mfa_login_webauthn": ("to sign-in", "to sign-in"),
    # one's own account
    "account": ("self", "self"),
    "account_email": ("self", "self"),
    "account_change_password": ("self", "self"),
    "account_set_password": ("self, one way on", "self, one way on"),
    "account_reauthenticate": ("self", "self"),
    "session-list": ("self", "no form"),
    "session-end": ("owner, no form", "owner"),
    "session-end-others": ("no form", "self"),
    "mfa_index": ("self", "no form"),
    "mfa_activate_totp": ("has no app", "has no app"),
    "mfa_deactivate_totp": ("has app", "has app"),
    "mfa_reauthenticate": ("code in app", "code in app"),
    "mfa_reauthenticate_webauthn": ("has passkey", "has passkey"),
    "mfa_list_webauthn": ("self", "no form"),
    "mfa_add_webauthn": ("self", "self"),
    "mfa_edit_webauthn": ("owner", "owner"),
    "mfa_remove_webauthn": ("owner", "owner"),
    "recovery-codes": ("self", "self"),
    "data-export-file": ("owner", "no form"),  # before the next, which removes the file that is there
    "data-export": ("self", "self"),
    "data-export-open": ("self", "no form"),
    "leave": ("self", "no form"),
    "leave-confirm": ("self", "self"),
    # licenses, credits, certificates, standing
    "license-list": ("self", "no form"),
    "license-add": ("self", "self"),
    "license-removed": ("self", "no form"),
    "license-page": ("owner", "no form"),
    "license-edit": ("owner", "owner"),
    "license-period": ("owner", "owner"),
    "license-questions": ("owner", "owner"),
    "license-renew": ("owner", "owner"),
    "license-remove": ("owner", "owner"),
    "license-restore": ("owner, no form", "owner"),
    "license-renewal-undo": ("owner, no form", "owner"),
    "credit-list": ("self", "no form"),
    "credit-table": ("self", "no form"),
    "credit-add": ("self", "self"),
    "credit-page": ("owner", "no form"),
    "credit-correct": ("owner", "owner"),
    "credit-withdraw": ("owner", "owner"),
    "credit-restore": ("owner, no form", "owner"),
    "credit-proof": ("owner", "no form"),
    "credit-proof-add": ("owner, no form", "owner"),
    "certificate-list": ("self", "no form"),
    "certificate-pdf": ("owner, administrator", "no form"),
    "standing": ("self", "nobody"),
    "standing-print": ("self", "nobody"),
    "standing-credits": ("self", "nobody"),
    "standing-credits-table": ("self", "nobody"),
    "standing-missing": ("self", "self"),
    "standing-credit": ("owner", "nobody"),
    "standing-license": ("owner", "nobody"),
    "standing-case-file": ("owner", "nobody"),
    "standing-confirm": ("owner", "owner"),
    "standing-reopen": ("nobody", "owner"),
    # courses one takes
    "my-learning": ("self", "no form"),
    "learn": ("enrolled", "self"),
    "learn-print": ("enrolled", "nobody"),
    "learn-image": ("enrolled", "nobody"),
    "learn-section": ("enrolled", "enrolled"),
    "learn-pretest": ("enrolled", "enrolled"),
    "learn-pretest-answers": ("nobody", "enrolled"),
    "learn-scenario": ("enrolled", "enrolled"),
    "learn-replay-back": ("enrolled", "nobody"),
    "learn-scenario-large": ("enrolled", "nobody"),
    "learn-replay": ("nobody", "enrolled"),
    "learn-scene": ("enrolled", "enrolled"),
    "learn-words": ("enrolled", "enrolled"),
    "learn-post-test": ("enrolled", "enrolled"),
    "learn-attempt": ("owner in course", "owner in course"),
    "learn-answers": ("nobody", "owner in course, answers"),
    "learn-evaluation": ("enrolled", "enrolled"),
    "learn-attestation": ("enrolled", "enrolled"),
    "learn-done": ("enrolled", "nobody"),
    "learn-section-notes": ("nobody", "enrolled"),
    "learn-notes": ("enrolled", "nobody"),
    "learn-notes-file": ("enrolled", "nobody"),
    "learn-notes-delete": ("enrolled", "enrolled"),
    "learn-note": ("owner in course", "owner in course"),
    "learn-note-delete": ("owner in course", "owner in course, gone is gone"),
    "learn-time": ("enrolled", "enrolled"),
    "learn-reading": ("no form", "nothing named"),
    # staff
    "staff-home": ("staff", "staff, no form"),
    "staff-requests": ("support", "support, no form"),
    "staff-request": ("support", "support"),
    "staff-people": ("support", "support, no form"),
    "staff-person": ("support", "support, no form"),
    "staff-role": ("administrator", "administrator"),
    "staff-courses": ("editor", "editor, no form"),
    "staff-course": ("editor", "editor, no form"),
    "staff-course-version": ("editor", "editor, no form"),
    "staff-course-withdraw": ("editor", "editor"),
    "staff-course-offer": ("editor, no form", "editor"),
    "staff-certificate-revoke": ("administrator", "administrator"),
    "staff-sponsor": ("administrator", "administrator"),
    "staff-approvals": ("administrator", "administrator, no form"),
    "staff-approval-record": ("administrator", "administrator"),
    "staff-approval": ("administrator", "administrator, no form"),
    "staff-approval-evidence": ("administrator", "administrator, no form"),
    "staff-approval-withdraw": ("administrator", "administrator"),
    "staff-hours": ("administrator", "administrator, no form"),
    "staff-hours-version": ("administrator", "administrator, no form"),
    "staff-hours-rate": ("administrator", "administrator"),
    "staff-hours-approve": ("administrator", "administrator"),
    "staff-hours-withdraw": ("nothing named", "nothing named"),
    "staff-status": ("administrator", "administrator, no form"),
    "staff-job-retry": ("administrator, no form", "administrator"),
    "staff-audit": ("administrator", "administrator, no form"),
    "staff-audit-export": ("administrator", "administrator, no form"),
    "staff-components": ("administrator", "administrator, no form"),
}

MEANING |= {
    "to sign-in": _all(ELSEWHERE),
    "self, or home": _all(OK, anonymous=ELSEWHERE),
    "leaving": _all(ELSEWHERE),
    "unknown key": _all(NOT_FOUND),
}
