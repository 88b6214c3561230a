"""Where uploads are kept: a folder of this host, or a bucket that several hosts share. Either way no one but the product reads it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from goodstanding.conf import environment

__all__ = ["FileStore", "MisstatedStoreError", "storage_of"]


class MisstatedStoreError(Exception):
    """GOODSTANDING_FILES can not be used; the message says why."""


@dataclass(frozen=True)
class FileStore:
    """Django's setting for the store, and its place in words."""

    setting: dict[str, Any]
    place: str


def storage_of(folder: Path) -> FileStore:
    """The store that the environment names; `folder` where it names none."""
    said = environment.text("GOODSTANDING_FILES")
    if not said:
        return FileStore(
            {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}, f"the folder {folder}"
        )
    address = urlsplit(said)
    if address.scheme != "s3" or not address.netloc or address.username:
        raise MisstatedStoreError(
            "GOODSTANDING_FILES is not understood. Write s3://BUCKET or s3://BUCKET/FOLDER; keys have variables of their own."
        )
    if importlib.util.find_spec("storages") is None or importlib.util.find_spec("boto3") is None:
        raise MisstatedStoreError("GOODSTANDING_FILES needs what requirements/s3.txt lists: make setup-s3")
    options = {
        "bucket_name": address.netloc,
        "location": address.path.strip("/"),
        "endpoint_url": environment.text("GOODSTANDING_FILES_ENDPOINT") or None,
        "region_name": environment.text("GOODSTANDING_FILES_REGION") or None,
        "access_key": environment.text("GOODSTANDING_FILES_KEY") or None,
        "secret_key": environment.text("GOODSTANDING_FILES_SECRET") or None,
        "default_acl": None,  # the bucket's own: private
        "file_overwrite": False,  # a file is never changed, as in a folder
        "max_memory_size": 5_000_000,  # what is larger goes through a temporary file
        "addressing_style": "path" if environment.text("GOODSTANDING_FILES_ENDPOINT") else None,
    }
    return FileStore({"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}, f"the bucket {address.netloc}")
