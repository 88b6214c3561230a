"""Why a backup was not made or not brought back. Each message is one line that says what to do."""

from __future__ import annotations

__all__ = ["BackupError", "DamagedBackupError", "NotEmptyError", "UnfitBackupError"]


class BackupError(Exception):
    """Nothing was changed, unless the message says so."""


class DamagedBackupError(BackupError):
    """The file is no backup, or not the one that was written."""


class UnfitBackupError(BackupError):
    """The file is whole, but not for this program or this installation."""


class NotEmptyError(BackupError):
    """Something is there already that the backup would replace."""
