"""What can be refused in the ledger and about certificates; each message is written for the person who reads it."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "AwardedEntryError",
    "CertificateAlreadyRevokedError",
    "CertificateNotFoundError",
    "CourseWithoutMinutesError",
    "CreditError",
    "CreditRefusedError",
    "EntryNotFoundError",
    "EntryReplacedError",
    "EntryWithdrawnError",
    "ProofNotFoundError",
    "RevocationReasonError",
]


class CreditError(Exception):
    """Base of the refusals of this app."""


class EntryNotFoundError(CreditError):
    """There is no such entry in this ledger. Other people's entries read as not found."""


class ProofNotFoundError(CreditError):
    """There is no such proof in this ledger."""


class CertificateNotFoundError(CreditError):
    """There is no certificate with this number, or not for this reader."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"There is no certificate {number}.")


class CreditRefusedError(CreditError):
    """What was entered can not be right; ``problems`` says for each field what, and how to mend it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class AwardedEntryError(CreditError):
    """Credit from a course completed here stands as certified; only credit entered by hand can be changed or withdrawn."""

    def __init__(self) -> None:
        super().__init__("This credit comes from a course completed here. It stands as certified and can not be changed.")


class EntryReplacedError(CreditError):
    """The entry was corrected before; its newest version is the one to change."""

    def __init__(self) -> None:
        super().__init__("This entry was corrected in the meantime. Look at its newest version, then change that one.")


class EntryWithdrawnError(CreditError):
    """The entry is withdrawn; it is brought back before it is changed."""

    def __init__(self) -> None:
        super().__init__("This entry is withdrawn. Bring it back first, then change it.")


class CourseWithoutMinutesError(CreditError):
    """By its credit basis the course takes less than a minute, so there is nothing to certify."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"The course {slug} takes less than a minute by its credit basis; no certificate can be issued for it.")


class CertificateAlreadyRevokedError(CreditError):
    """The certificate was revoked before; its first revocation stands."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"Certificate {number} was revoked before. The first revocation and its reason stand.")


class RevocationReasonError(CreditError):
    """A revocation needs a reason of at most 300 characters: the public page shows it."""

    def __init__(self) -> None:
        super().__init__("Give the reason in at most 300 characters. Anyone who checks the certificate will read it.")
