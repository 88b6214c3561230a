"""
Every table that says something about a person: where it stands in her export, and what becomes of it when she leaves.

This is the one list. ``tests/flows/test_personal_data.py`` walks all models: one that leads to a user or a holder and is not
here fails, as does a row that is not exported, or not removed, as it says here. The page about leaving, the export and the
removal (``flows.exporting``, ``flows.leaving``) keep to it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["PERSONAL", "Fate", "Kind"]


class Fate(enum.StrEnum):
    """What becomes of the rows when the account is deleted."""

    REMOVED = "removed"
    KEPT = "kept"  # with the holder, who has no name, address or sign-in any more
    EMPTIED = "emptied"  # the row stays for the record, what it says of the person goes


@dataclass(frozen=True)
class Kind:
    """One table. `exported` is the place in ``data.json``, or empty, and then `reason` says why it is not there."""

    exported: str
    fate: Fate
    reason: str = ""


_TECHNICAL = "a secret or a technical counter that opens or means nothing to anyone"

PERSONAL: dict[str, Kind] = {
    # --- the account
    "accounts.User": Kind("account", Fate.REMOVED),
    "accounts.Profile": Kind("account", Fate.REMOVED),
    "accounts.PersonWord": Kind("", Fate.REMOVED, "the name and the address once more, cut into words for the staff's search"),
    "accounts.TermsAcceptance": Kind("account.terms", Fate.REMOVED),
    "account.EmailAddress": Kind("account.addresses", Fate.REMOVED),
    "account.EmailConfirmation": Kind("", Fate.REMOVED, _TECHNICAL),
    "accounts.AdministratorClaim": Kind("", Fate.EMPTIED, "says that an administrator was made, with a hash of a used link"),
    "accounts.Holder": Kind("account", Fate.KEPT),
    "accounts.Closure": Kind("account.closures", Fate.KEPT),
    "accounts.DataExport": Kind("", Fate.REMOVED, "the export itself"),
    "mfa.Authenticator": Kind("", Fate.REMOVED, _TECHNICAL),
    "accounts.BrowserSession": Kind("account.sign_ins", Fate.REMOVED),
    "sessions.Session": Kind("", Fate.REMOVED, _TECHNICAL),
    "mailing.OutgoingMail": Kind("", Fate.REMOVED, "an empty envelope once delivered; the mail is in the person's mailbox"),
    "audit.AuditEvent": Kind("log", Fate.KEPT),
    # --- licenses
    "licensing.License": Kind("licenses", Fate.REMOVED),
    "licensing.LicensePeriod": Kind("licenses.periods", Fate.REMOVED),
    "licensing.LicenseFact": Kind("licenses.facts", Fate.REMOVED),
    "licensing.Confirmation": Kind("licenses.confirmations", Fate.REMOVED),
    "licensing.LicenseChange": Kind("licenses.changes", Fate.REMOVED),
    # --- learning; of a course without an evaluation and a completion everything goes
    "learning.Enrollment": Kind("courses", Fate.KEPT),
    "learning.SectionVisit": Kind("courses.visits", Fate.REMOVED),
    "learning.ScenarioRun": Kind("courses.scenario_runs", Fate.REMOVED),
    "learning.ScenarioStep": Kind("courses.scenario_runs.steps", Fate.REMOVED),
    "learning.StepReason": Kind("courses.scenario_runs.steps", Fate.REMOVED),
    "learning.Pretest": Kind("courses.pretest", Fate.REMOVED),
    "learning.PostTestAttempt": Kind("courses.attempts", Fate.KEPT),
    "learning.CourseEvaluation": Kind("courses.evaluation", Fate.KEPT),
    "learning.Attestation": Kind("courses.attestation", Fate.KEPT),
    "learning.Completion": Kind("courses.completion", Fate.KEPT),
    "learning.PrivateNote": Kind("courses.notes", Fate.REMOVED),
    "learning.Sitting": Kind("courses.sittings", Fate.REMOVED),
    "learning.SeatClock": Kind("", Fate.REMOVED, _TECHNICAL),
    "learning.StaffRequest": Kind("requests", Fate.EMPTIED),
    # --- what was earned
    "credit.CreditEntry": Kind("credits", Fate.KEPT),
    "credit.CreditWithdrawal": Kind("credits.withdrawals", Fate.KEPT),
    "credit.CreditProof": Kind("credits.proofs", Fate.REMOVED),
    "credit.Certificate": Kind("certificates", Fate.KEPT),
    "credit.CertificateRevocation": Kind("certificates.revocation", Fate.KEPT),
}
