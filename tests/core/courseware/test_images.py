"""Which pictures may travel inside a version."""

from __future__ import annotations

import struct
import zlib

import pytest

from goodstanding.core.courseware.images import MAX_IMAGE_BYTES, read_image
from goodstanding.core.courseware.load import load_course
from goodstanding.core.documents import DocumentError

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"'


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 3, height: int = 2, *extra: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * ((width + 1) * height) if width * height < 10_000 else b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(extra) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg(*segments: tuple[int, bytes]) -> bytes:
    frame = (0xC0, struct.pack(">BHHB", 8, 20, 30, 1) + b"\x01\x11\x00")
    parts = b"".join(b"\xff" + bytes([kind]) + struct.pack(">H", len(data) + 2) + data for kind, data in (*segments, frame))
    return b"\xff\xd8" + parts + b"\xff\xda\x00\x02\x00\xff\xd9"


@pytest.mark.parametrize(
    ("name", "data", "kind", "size"),
    [
        ("circles.svg", f"{OPEN}><title>Two</title><g><path d='M0 0h3'/></g></svg>".encode(), "image/svg+xml", (40, 20)),
        (
            "own.svg",
            f"{OPEN}><!-- drawn by hand --><path marker-end='url(#tip)' d='M0 0h3'/></svg>".encode(),
            "image/svg+xml",
            (40, 20),
        ),
        ("dots.png", png(), "image/png", (3, 2)),
        ("photo.jpg", jpeg(), "image/jpeg", (30, 20)),
    ],
)
def test_a_picture_is_read_with_its_kind_and_size(tmp_path, name, data, kind, size):
    (tmp_path / name).write_bytes(data)
    image = read_image(tmp_path / name)
    assert (image.media_type, (image.width, image.height), image.content) == (kind, size, data)
    assert image.id == name.split(".")[0]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.svg", f"{OPEN}><script>alert(1)</script></svg>", "<script>, which is not allowed"),
        ("a.svg", f"{OPEN} onload='alert(1)'/>", "the attribute `onload`"),
        ("a.svg", f"{OPEN}><rect style='fill:red'/></svg>", "the attribute `style`"),
        ("a.svg", f"{OPEN}><style>svg{{}}</style></svg>", "<style>, which is not allowed"),
        ("a.svg", f"{OPEN}><a href='https://x.example'/></svg>", "<a>, which is not allowed"),
        ("a.svg", f"{OPEN} xmlns:x='http://www.w3.org/1999/xlink'><path x:href='#y'/></svg>", "the attribute `href`"),
        ("a.svg", f"{OPEN}><image width='3'/></svg>", "<image>, which is not allowed"),
        ("a.svg", f"{OPEN}><foreignObject/></svg>", "<foreignObject>, which is not allowed"),
        ("a.svg", f"{OPEN}><rect fill='url(https://x.example)'/></svg>", "leads out of the file"),
        ("a.svg", f"<!DOCTYPE svg [<!ENTITY a 'b'>]>{OPEN}/>", "holds a document type"),
        ("a.svg", f"<?xml-stylesheet href='x'?>{OPEN}/>", "an instruction"),
        ("a.svg", f"{OPEN}>", "not valid SVG"),
        ("a.svg", "<html/>", "not an SVG picture"),
        ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', "no `viewBox`"),
        ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan inf"/>', "The picture measures 0 by 0"),
        ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9000 10"/>', "The picture measures 9000 by 10"),
        ("A B.svg", f"{OPEN}/>", "can not be called A B.svg"),
        ("a.png", b"GIF89a", "not a whole PNG"),
        ("a.png", png()[:-3], "not a whole PNG"),
        ("a.png", png() + b"more", "not a whole PNG"),
        ("a.png", png(5000, 2), "The picture measures 5000 by 2"),
        ("a.png", png(3, 2, chunk(b"eXIf", b"where it was taken")), "notes about how or where"),
        ("a.jpg", png(), "not a whole JPEG"),
        ("a.jpg", jpeg()[:-1], "not a whole JPEG"),
        ("a.jpg", jpeg((0xE1, b"Exif\0\0")), "notes about how or where"),
        ("a.png", b"\x89PNG" + b"0" * MAX_IMAGE_BYTES, "larger than 200,000 bytes"),
    ],
)
def test_a_picture_that_could_do_harm_is_refused(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(DocumentError) as caught:
        read_image(tmp_path / name)
    assert words in str(caught.value)


def refusal(folder) -> str:
    with pytest.raises(DocumentError) as caught:
        load_course(folder)
    return str(caught.value)


def test_what_is_no_picture_is_named(files):
    files.images["movie.mp4"] = b"x"
    assert "movie.mp4 is no picture of a known kind." in refusal(files.write())


def test_two_pictures_of_one_name_are_refused(files):
    files.images.update({"dots.png": png(), "dots.svg": f"{OPEN}/>".encode()})
    assert "There are two pictures called `dots`." in refusal(files.write())


def test_all_pictures_together_are_bounded(files):
    filler = chunk(b"junk", b"0" * 190_000)
    files.images.update({f"dots-{number}.png": png(3, 2, filler) for number in range(6)})
    assert "bytes together" in refusal(files.write())
