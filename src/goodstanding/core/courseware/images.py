"""
Pictures of a course: which files may travel inside a version, decided by what is in them.

A version is played without its files and shown from the product's own address, so a picture may hold nothing that runs,
nothing that loads something else, and nothing that tells where or with what it was taken.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from goodstanding.core.courseware.model import Image
from goodstanding.core.documents import DocumentError, Finding

MAX_IMAGE_BYTES = 200_000
MAX_ALL_IMAGES_BYTES = 1_000_000
MAX_SIDE = 4_000
"""Pixels, or units of an SVG's view box."""

IMAGE_ENDINGS = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}

_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "path",
        "line",
        "polyline",
        "polygon",
        "rect",
        "circle",
        "ellipse",
        "text",
        "tspan",
        "marker",
        "linearGradient",
        "stop",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "id",
        "class",
        "viewBox",
        "width",
        "height",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "d",
        "points",
        "transform",
        "dx",
        "dy",
        "offset",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-opacity",
        "opacity",
        "stop-color",
        "stop-opacity",
        "color",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "text-anchor",
        "dominant-baseline",
        "letter-spacing",
        "marker-start",
        "marker-mid",
        "marker-end",
        "markerWidth",
        "markerHeight",
        "refX",
        "refY",
        "orient",
        "markerUnits",
        "gradientUnits",
        "gradientTransform",
        "preserveAspectRatio",
        "role",
        "aria-label",
        "aria-labelledby",
        "aria-hidden",
        "version",
    ]
)
_OWN_URL = re.compile(r"url\(#[A-Za-z][\w-]*\)\Z")

_Problem = tuple[str, str]


def read_image(path: Path) -> Image:
    """The picture at `path`, named after its file; DocumentError with every reason why it can not travel in a version."""
    problems: list[_Problem] = []
    if not _NAME.match(path.stem):
        problems.append((f"A picture can not be called {path.name}.", "Use lower-case letters, digits and single hyphens."))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_IMAGE_BYTES + 1)
    except OSError as error:
        raise _refusal(path, [(f"The file can not be read: {error.strerror}.", "Check its permissions.")]) from error
    if len(data) > MAX_IMAGE_BYTES:
        problems.append((f"The picture is larger than {MAX_IMAGE_BYTES:,} bytes.", "Draw it simpler, or save it smaller."))
        raise _refusal(path, problems)
    kind = IMAGE_ENDINGS[path.suffix]
    read = {"image/svg+xml": _svg_faults, "image/png": _png_faults, "image/jpeg": _jpeg_faults}[kind]
    size, found = read(data)
    problems.extend(found)
    if size is not None and not all(0 < side <= MAX_SIDE for side in size):
        problems.append((f"The picture measures {size[0]} by {size[1]}.", f"Each side lies between 1 and {MAX_SIDE:,}."))
    if problems or size is None:
        raise _refusal(path, problems)
    return Image.model_validate(
        {
            "id": path.stem,
            "media_type": kind,
            "width": size[0],
            "height": size[1],
            "data": base64.b64encode(data).decode("ascii"),
        }
    )


def _refusal(path: Path, problems: list[_Problem]) -> DocumentError:
    return DocumentError([Finding(str(path), 1, problem, mend) for problem, mend in problems])


def _svg_faults(data: bytes) -> tuple[tuple[int, int] | None, list[_Problem]]:
    if re.search(rb"<!|<\?(?!xml\s)", re.sub(rb"<!--.*?-->", b"", data, flags=re.DOTALL)):
        # No document type means no entities, so a small file can not grow large.
        return None, [("The SVG holds a document type, a CDATA part or an instruction.", "Save it as plain SVG.")]
    try:
        root = ET.fromstring(data)  # noqa: S314 - bounded in size, and entities were refused above
    except (ET.ParseError, ValueError) as error:
        return None, [(f"The file is not valid SVG: {error}.", "Save it once more as plain SVG.")]
    if root.tag != f"{_SVG}svg":
        return None, [("The file is not an SVG picture.", 'Begin it with <svg xmlns="http://www.w3.org/2000/svg">.')]
    problems = list(dict.fromkeys(_svg_problems(root)))
    box = (root.get("viewBox") or "").replace(",", " ").split()
    try:
        _, _, width, height = map(float, box)
    except ValueError:
        return None, [*problems, ("The SVG has no `viewBox`.", 'Add one of four numbers: viewBox="0 0 640 360".')]
    if not (width < 1e6 and height < 1e6):  # noqa: PLR2004 - also refuses what is not a number
        width = height = 0
    return (round(width), round(height)), problems


def _svg_problems(root: ET.Element) -> Iterator[_Problem]:
    for element in root.iter():
        name = str(element.tag).removeprefix(_SVG)
        if name not in _ELEMENTS:
            yield f"The SVG holds <{name.rpartition('}')[2]}>, which is not allowed.", "Use shapes and text only."
        for attribute, value in element.attrib.items():
            if attribute not in _ATTRIBUTES:
                yield f"The SVG uses the attribute `{attribute.rpartition('}')[2]}`, which is not allowed.", "Remove it."
            elif "url(" in value and not _OWN_URL.match(value.strip()):
                yield f"The SVG's `{attribute}` leads out of the file.", "Refer only to parts of the same file."


def _png_faults(data: bytes) -> tuple[tuple[int, int] | None, list[_Problem]]:
    broken = None, [("The file is not a whole PNG picture, whatever its name says.", "Save it once more as PNG.")]
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return broken
    at, kinds = 8, []
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kinds.append(data[at + 4 : at + 8])
        at += 12 + length
    if at != len(data) or kinds[-1] != b"IEND":
        return broken
    width, height = struct.unpack(">II", data[16:24])
    return (width, height), [_METADATA] if {b"eXIf", b"iTXt", b"tEXt", b"zTXt"} & set(kinds) else []


def _jpeg_faults(data: bytes) -> tuple[tuple[int, int] | None, list[_Problem]]:
    broken = None, [("The file is not a whole JPEG picture, whatever its name says.", "Save it once more as JPEG.")]
    if not data.startswith(b"\xff\xd8") or not data.endswith(b"\xff\xd9"):
        return broken
    at, size, problems = 2, None, []
    while at + 4 <= len(data) and data[at] == _MARKER:
        marker, (length,) = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])
        if marker in _NOTES:
            problems.append(_METADATA)
        if marker in _FRAMES and at + 9 <= len(data):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            size = (width, height)
        if marker == _SCAN:
            break
        at += 2 + length
    return (size, problems[:1]) if size else broken


_MARKER = 0xFF
_SCAN = 0xDA
"""Here the picture itself begins; there are no more headers."""
_NOTES = frozenset({0xE1, 0xED, 0xFE})
"""Exif or XMP, press data, comment."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_METADATA = ("The picture carries notes about how or where it was made.", "Save it without metadata.")
