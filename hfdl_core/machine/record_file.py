"""A small private file of records, which commands of this machine write side by side."""

import fcntl
import json
from collections.abc import Callable
from dataclasses import Field, asdict, fields
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from hfdl_core.private_files import locked, private_directory, write_private


class _Record(Protocol):
    """A dataclass of strings."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Record = TypeVar("Record", bound=_Record)


class RecordFile(Generic[Record]):
    """One JSON object a line, oldest first; written whole under a lock, so that none is lost."""

    def __init__(
        self,
        path: Path,
        kind: type[Record],
        same: Callable[[Record], object],
        *,
        most: int,
        patience_seconds: float,
    ) -> None:
        """Of records for which `same` answers the same the last one is kept; at most `most`."""
        self.path = path
        self._make: Callable[..., Record] = kind
        self._names = tuple(field.name for field in fields(kind))
        self._same = same
        self._most = most
        self._patience_seconds = patience_seconds

    def add(self, record: Record) -> None:
        """OSError where the file cannot be written, or its lock not be had in time."""
        private_directory(self.path.parent)
        with locked(self.path.with_suffix(".lock"), fcntl.LOCK_EX, self._patience_seconds):
            others = [known for known in self._read() if self._same(known) != self._same(record)]
            lines = [json.dumps(asdict(known)) for known in [*others, record][-self._most :]]
            write_private(self.path, "\n".join(lines) + "\n")

    def newest_first(self) -> list[Record]:
        """Empty where there is no file yet; OSError where it cannot be read."""
        return self._read()[::-1]

    def _read(self) -> list[Record]:
        if not self.path.is_file():
            return []
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        return [record for line in lines if (record := self._parse(line)) is not None]

    def _parse(self, line: str) -> Record | None:
        """None for a line of another version or a damaged one: such a file is a convenience."""
        try:
            found = json.loads(line)
            return self._make(**{name: str(found[name]) for name in self._names})
        except (ValueError, KeyError, TypeError):
            return None
