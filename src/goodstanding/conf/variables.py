"""
Every variable of the environment that the product reads: declared here and nowhere else.

``environment`` reads none that is not in this list, and docs/environment.md is written from it
(``python -m goodstanding.conf.variables > docs/environment.md``), so neither can know of one that the other does not.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

__all__ = ["VARIABLES", "Variable", "reference", "variable"]

Kind = Literal["text", "yes or no", "words", "number", "address", "path"]


@dataclass(frozen=True, kw_only=True)
class Variable:
    """
    One variable. `default` is what is taken where it is not set; `otherwise` says so where that is not one fixed text.

    A `secret` gives access to whoever reads it: it belongs in a file for the service alone, never into a log or a ticket.
    """

    name: str
    group: str
    kind: Kind
    does: str
    default: str = ""
    otherwise: str = ""
    example: str = ""
    secret: bool = False


_PLACE, _MAIL, _KEYS, _WATCH, _FILES = "Where and what", "Mail", "Keys", "Watching", "Files"

VARIABLES: tuple[Variable, ...] = (
    Variable(
        name="GOODSTANDING_HOME", group=_PLACE, kind="path", otherwise="`.goodstanding` in the home folder",
        does="The state folder of this host: SQLite, uploads, outbox, keys, compressed static files.",
    ),
    Variable(
        name="DATABASE_URL", group=_PLACE, kind="address", otherwise="SQLite in the state folder", secret=True,
        example="postgres://goodstanding:PASSWORD@127.0.0.1:5432/goodstanding",
        does="The database, where it is not SQLite.",
    ),
    Variable(
        name="GOODSTANDING_URL", group=_PLACE, kind="address", default="http://127.0.0.1:8000", example="https://ce.example.org",
        does="The public address, used in mails and QR codes. With `https` every page asks for it and sessions use it only.",
    ),
    Variable(
        name="GOODSTANDING_HOSTS", group=_PLACE, kind="words", otherwise="none",
        does="Further host names that may be asked for.",
    ),
    Variable(
        name="GOODSTANDING_BEHIND_PROXY", group=_PLACE, kind="yes or no", default="no",
        does="Exactly one proxy of yours stands before and sets `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Request-ID`. "
        "Without it these headers are a visitor's own word and are not believed.",
    ),
    Variable(
        name="GOODSTANDING_DEMO", group=_PLACE, kind="yes or no", default="no",
        does="The database holds demonstration data, and every page says so.",
    ),
    Variable(
        name="GOODSTANDING_MAIL", group=_MAIL, kind="address", otherwise="messages become files in the outbox folder", secret=True,
        example="smtp://USER:PASSWORD@mail.example.org:587",
        does="The mail server. `smtp` begins in clear and changes to TLS where a user is named; `smtps` is TLS from the start.",
    ),
    Variable(
        name="GOODSTANDING_MAIL_FROM", group=_MAIL, kind="text", otherwise="`no-reply@` the host of the public address",
        does="The sender of all mail.",
    ),
    Variable(
        name="GOODSTANDING_OPERATOR_MAIL", group=_MAIL, kind="words", otherwise="nobody",
        does="Who gets a mail when something breaks: what and where, never about whom, the same fault once an hour.",
    ),
    Variable(
        name="GOODSTANDING_SECRET_KEY", group=_KEYS, kind="text", otherwise="the file `secret-key`, made on first start", secret=True,
        does="Signs sessions and links. Another key signs everyone out. All hosts need the same one.",
    ),
    Variable(
        name="GOODSTANDING_PRIVATE_KEY", group=_KEYS, kind="words", otherwise="the file `private-key`, made on first start", secret=True,
        does="Keys of private texts: the first one seals, all of them open; `goodstanding reseal` brings what is stored to the "
        "first. Lost, these texts can not be read again. All hosts need the same ones.",
    ),
    Variable(
        name="GOODSTANDING_LOGS", group=_WATCH, kind="text", default="lines",
        does="`lines` to be read on a terminal; `json` for one JSON object a line, and a line for every request. The link that "
        "makes the first administrator is then not printed.",
    ),
    Variable(
        name="GOODSTANDING_SLOW_QUERY_MS", group=_WATCH, kind="number", default="500",
        does="A query of the database that takes longer than so many milliseconds is noted, without its values; 0 for never.",
    ),
    Variable(
        name="GOODSTANDING_METRICS", group=_WATCH, kind="address", otherwise="closed", example="127.0.0.1:9464",
        does="Host and port at which this host answers Prometheus. Whoever reaches it reads the figures: keep it off the open "
        "network.",
    ),
    Variable(
        name="GOODSTANDING_FILES", group=_FILES, kind="address", otherwise="the folder `files` in the state folder",
        example="s3://BUCKET/FOLDER",
        does="Where uploads are kept: a bucket of an S3-compatible store, which several hosts can share.",
    ),
    Variable(
        name="GOODSTANDING_FILES_ENDPOINT", group=_FILES, kind="address", otherwise="that of AWS", example="https://s3.example.org",
        does="The address of the store.",
    ),
    Variable(
        name="GOODSTANDING_FILES_REGION", group=_FILES, kind="text", otherwise="what the store's client finds",
        does="The region of the bucket, where the store has regions.",
    ),
    Variable(
        name="GOODSTANDING_FILES_KEY", group=_FILES, kind="text", otherwise="what the store's client finds",
        does="The name of the access key.",
    ),
    Variable(
        name="GOODSTANDING_FILES_SECRET", group=_FILES, kind="text", otherwise="what the store's client finds", secret=True,
        does="The access key itself.",
    ),
)  # fmt: skip

_HEAD = (
    "All of them come from the environment and are read once, at start. Written by `make reference` from their declaration, "
    "[variables.py](../src/goodstanding/conf/variables.py); a test keeps this page current. For yes, write `1`, `yes`, `true` or "
    "`on`; words are separated by commas. A name marked *secret* gives access to whoever reads its value."
)

_BY_NAME = {variable.name: variable for variable in VARIABLES}


def variable(name: str) -> Variable:
    """The declaration of the variable called `name`; LookupError if there is none."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise LookupError(f"{name} is not declared in {__name__}") from None


def reference() -> str:
    """docs/environment.md."""
    parts = [
        "# Settings",
        _HEAD,
    ]
    for group, members in groupby(VARIABLES, key=lambda one: one.group):
        parts.append(f"## {group}")
        rows = ["| Variable | Form | If not set | What it does |", "| --- | --- | --- | --- |"]
        for one in members:
            default = one.otherwise or f"`{one.default}`"
            form = f"{one.kind}, for example `{one.example}`" if one.example else one.kind
            rows.append(f"| `{one.name}`{' *secret*' if one.secret else ''} | {form} | {default} | {one.does} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
