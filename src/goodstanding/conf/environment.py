"""Where the product keeps its state, and what the environment says. Read once, at start; nothing else reads the environment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from goodstanding.conf.variables import variable

KEY_FILE = "secret-key"
PRIVATE_KEY_FILE = "private-key"


def home() -> Path:
    """
    The one folder that holds all state: database, uploads, outbox, key, compressed static files.

    ``$GOODSTANDING_HOME``, or ``.goodstanding`` in the person's home folder.
    """
    configured = text("GOODSTANDING_HOME")
    return Path(configured).expanduser().resolve() if configured else Path.home() / ".goodstanding"


def text(name: str) -> str:
    """What the variable `name` says, or its default. LookupError if it is not declared."""
    declared = variable(name)
    return os.environ.get(declared.name, "").strip() or declared.default


def flag(name: str) -> bool:
    """Whether the variable `name` is set to a word for yes."""
    return text(name).lower() in {"1", "true", "yes", "on"}


def words(name: str) -> list[str]:
    """The comma-separated words of the variable `name`."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def number(name: str) -> int:
    """The whole number, 0 or more, in the variable `name`. Raises ImproperlyConfigured, which never shows what was said."""
    said = text(name)
    if not said.isascii() or not said.isdigit():
        from django.core.exceptions import ImproperlyConfigured

        raise ImproperlyConfigured(f"{name} is not understood. Write a whole number, 0 or more.")
    return int(said)


def suggest(name: str, value: str) -> None:
    """Set the variable `name` for this process and those it starts, where nobody set it."""
    os.environ.setdefault(variable(name).name, value)


def inherited() -> dict[str, str]:
    """Everything this process was started with, for a program of others that it starts."""
    return dict(os.environ)


def secret_key() -> str:
    """
    The signing key: from the environment, else from the state folder, else one for this process alone.

    The last case serves commands that never sign anything; ``serve`` calls :func:`keep_secret_key` first, so that
    every worker and every later start use the same key.
    """
    if key := text("GOODSTANDING_SECRET_KEY"):
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


def _keep_key(name: str, file_name: str) -> None:
    if text(name):
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


def live_in(home: Path) -> None:
    """From here on the state folder of this process, and of those it starts, is `home`."""
    os.environ["GOODSTANDING_HOME"] = str(home)


def enter_demonstration() -> None:
    """
    From here on this process works on the demonstration, whose folder ``$GOODSTANDING_HOME`` must name already.

    A database and a mail server configured for the real installation are put aside: made-up people must never get into the
    one, nor a mail to them out through the other.
    """
    os.environ["GOODSTANDING_DEMO"] = "1"
    for name in ("DATABASE_URL", "GOODSTANDING_MAIL"):
        os.environ.pop(name, None)
