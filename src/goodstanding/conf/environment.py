"""Where the product keeps its state, and what the environment says. Read once, at start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_FILE = "secret-key"
PRIVATE_KEY_FILE = "private-key"


def home() -> Path:
    """
    The one folder that holds all state: database, uploads, outbox, key, compressed static files.

    ``$GOODSTANDING_HOME``, or ``.goodstanding`` in the person's home folder.
    """
    configured = os.environ.get("GOODSTANDING_HOME", "")
    return Path(configured).expanduser().resolve() if configured else Path.home() / ".goodstanding"


def flag(name: str, *, default: bool = False) -> bool:
    """Whether the variable `name` is set to a word for yes."""
    value = os.environ.get(name, "").strip().lower()
    return value in {"1", "true", "yes", "on"} if value else default


def words(name: str) -> list[str]:
    """The comma-separated words of the variable `name`."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def secret_key() -> str:
    """
    The signing key: from the environment, else from the state folder, else one for this process alone.

    The last case serves commands that never sign anything; ``serve`` calls :func:`keep_secret_key` first, so that
    every worker and every later start use the same key.
    """
    if key := os.environ.get("GOODSTANDING_SECRET_KEY", ""):
        return key
    path = home() / KEY_FILE
    return path.read_text(encoding="ascii").strip() if path.is_file() else secrets.token_urlsafe(50)


def keep_secret_key() -> None:
    """Make the key on first start and keep it, readable by the owner alone; an existing key is never touched."""
    _keep_key("GOODSTANDING_SECRET_KEY", KEY_FILE)


def private_keys() -> tuple[str, ...]:
    """
    The keys of private texts, the one that seals first: from the environment (comma-separated) or the state folder (a line each).

    Empty if there is none: a text sealed with a key for this process alone could never be opened again.
    """
    if keys := words("GOODSTANDING_PRIVATE_KEY"):
        return tuple(keys)
    path = home() / PRIVATE_KEY_FILE
    return tuple(path.read_text(encoding="ascii").split()) if path.is_file() else ()


def keep_private_key() -> None:
    """Make the key of private texts on first start and keep it, readable by the owner alone; an existing one is never touched."""
    _keep_key("GOODSTANDING_PRIVATE_KEY", PRIVATE_KEY_FILE)


def _keep_key(variable: str, file_name: str) -> None:
    if os.environ.get(variable, ""):
        return
    try:
        descriptor = os.open(home() / file_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50) + "\n")


def demo_home() -> Path:
    """The state folder of the demonstration, apart from everything real."""
    return home() / "demo"


def enter_demonstration() -> None:
    """
    From here on this process works on the demonstration, whose folder ``$GOODSTANDING_HOME`` must name already.

    A database and a mail server configured for the real installation are put aside: made-up people must never get into the
    one, nor a mail to them out through the other.
    """
    os.environ["GOODSTANDING_DEMO"] = "1"
    for name in ("DATABASE_URL", "GOODSTANDING_MAIL"):
        os.environ.pop(name, None)
