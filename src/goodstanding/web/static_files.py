"""Static files, compressed and named by what is in them; their addresses are worked out once in a process."""

from __future__ import annotations

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage

__all__ = ["StaticFiles"]


class StaticFiles(CompressedManifestStaticFilesStorage):
    """They are made before the processes that serve them begin, and stay as they are until those have ended."""

    @cached_property
    def _addresses(self) -> dict[str | None, str]:
        return {}

    def url(self, name: str | None, force: bool = False) -> str:
        if force or name not in self._addresses:
            self._addresses[name] = super().url(name, force)  # type: ignore[arg-type] # None is refused there
        return self._addresses[name]
