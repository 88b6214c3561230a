"""
Words that only their writer reads: reasons in scenarios, private notes.

They are sealed before they are stored (AES-256-GCM), so that neither a copy of the database nor a look into a table shows
them. The key is not in the database: ``GOODSTANDING_PRIVATE_KEY`` or the file ``private-key`` in the state folder hold it.
Each text is bound to its purpose and its owner; moved to another row or another person it does not open.

To change the key put a new one before the old one, separated by a comma (in the file: on a line of its own), and start the
server anew. The first key seals, all of them open. ``goodstanding reseal`` brings every stored text to the first
(:func:`reseal` brings one), after which the old key may go. Never log what goes in or comes out here.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = [
    "START_LENGTH",
    "NoKeyError",
    "PrivateTextError",
    "UnknownKeyError",
    "UnreadableTextError",
    "current_start",
    "is_current",
    "key_name_of",
    "key_names",
    "reseal",
    "seal",
    "unseal",
]

_FORM = "v1"
_NONCE = 12
_LEAST = 32
_NAME = 12

START_LENGTH = len(_FORM) + 1 + _NAME + 1
"""So many characters at the start of a sealed text name its key; see :func:`key_name_of`."""


class PrivateTextError(Exception):
    """Base of the refusals of this module; no message holds any part of a text or a key."""


class NoKeyError(PrivateTextError):
    """There is no key, or one that is too short to protect anything."""


class UnreadableTextError(PrivateTextError):
    """The text was sealed with a key that is not here, belongs to someone else, or was damaged."""


class UnknownKeyError(UnreadableTextError):
    """The text was sealed with a key that is not here; with that key beside the others it would open."""


def seal(text: str, *, purpose: str, owner: object) -> str:
    """
    `text` sealed with the first key, as one line of ASCII that any text column takes.

    `purpose` names the kind of text ("scenario reason"), `owner` the holder whose text it is; both are needed to open it.
    Raises NoKeyError.
    """
    key = _keys()[0]
    nonce = secrets.token_bytes(_NONCE)
    hidden = AESGCM(_cipher_key(key)).encrypt(nonce, text.encode(), _bound_to(purpose, owner))
    return f"{_FORM}.{_name(key)}.{base64.urlsafe_b64encode(nonce + hidden).decode()}"


def unseal(sealed: str, *, purpose: str, owner: object) -> str:
    """What :func:`seal` was given. Raises UnreadableTextError, also if purpose or owner differ, or NoKeyError."""
    form, _, rest = sealed.partition(".")
    name, _, body = rest.partition(".")
    key = next((key for key in _keys() if _name(key) == name), None)
    if form != _FORM or not body:
        raise UnreadableTextError("The text can not be opened: it was never sealed here, or damaged.")
    if key is None:
        raise UnknownKeyError("The text was sealed with a key that this installation does not have.")
    try:
        raw = base64.b64decode(body, altchars=b"-_", validate=True)
        return AESGCM(_cipher_key(key)).decrypt(raw[:_NONCE], raw[_NONCE:], _bound_to(purpose, owner)).decode()
    except (InvalidTag, binascii.Error, ValueError):
        # without its cause: a trace must not carry what was in hand
        raise UnreadableTextError("The text can not be opened: it was damaged or belongs elsewhere.") from None


def is_current(sealed: str) -> bool:
    """Whether `sealed` was sealed with the first key."""
    return sealed.startswith(current_start())


def current_start() -> str:
    """How every text that was sealed with the first key begins, and no other; for asking a database. Raises NoKeyError."""
    return f"{_FORM}.{_name(_keys()[0])}."


def key_names() -> tuple[str, ...]:
    """The names of the keys that are here, which give nothing of them away; empty if there is none."""
    return tuple(_name(key) for key in settings.PRIVATE_KEYS)


def key_name_of(sealed: str) -> str:
    """The name of the key that sealed a text, from the text or its first START_LENGTH characters; empty if it was not sealed here."""
    form, _, rest = sealed.partition(".")
    return rest.partition(".")[0] if form == _FORM else ""


def reseal(sealed: str, *, purpose: str, owner: object) -> str:
    """The same text under the first key; unchanged if it is already. Raises what :func:`unseal` raises."""
    return sealed if is_current(sealed) else seal(unseal(sealed, purpose=purpose, owner=owner), purpose=purpose, owner=owner)


def _keys() -> tuple[str, ...]:
    keys = tuple(settings.PRIVATE_KEYS)
    if not keys:
        raise NoKeyError("There is no key for private texts. Start with `goodstanding serve`, or set GOODSTANDING_PRIVATE_KEY.")
    if any(len(key) < _LEAST for key in keys):
        raise NoKeyError(f"A key for private texts is shorter than {_LEAST} characters. Use a longer, random one.")
    return keys


@functools.lru_cache(maxsize=8)
def _cipher_key(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"goodstanding private text").derive(key.encode())


def _name(key: str) -> str:
    """What tells keys apart without giving them away."""
    return hashlib.sha256(b"goodstanding private text key name" + key.encode()).hexdigest()[:_NAME]


def _bound_to(purpose: str, owner: object) -> bytes:
    # The length stands before each part, so that no two different pairs can read the same.
    parts = (purpose.encode(), str(owner).encode())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
