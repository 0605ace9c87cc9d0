"""The repos looked at last on this machine, and jobs made here that the queue has forgotten."""

import fcntl
import json
import logging
from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final, Self

from hfdl_core.machine import JobMade, machine_id, state_dir
from hfdl_core.private_files import locked, private_directory, write_private

logger = logging.getLogger(__name__)

_KEPT: Final = 20
_LOCK_PATIENCE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class RecentRepo:
    """As it can be opened again."""

    repo: str  # datasets/owner/name or models/owner/name
    revision: str  # empty: the default
    opened_at: str  # ISO 8601 UTC

    @property
    def place(self) -> tuple[str, str]:
        return self.repo, self.revision


_FIELDS: Final = tuple(field.name for field in fields(RecentRepo))


class RecentRepos:
    """One small private file, written whole; a convenience: what cannot be kept is only logged."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of_this_machine(cls) -> Self:
        """The file bears the machine's id: machines with one network home keep one each."""
        return cls(state_dir() / f"repos-{machine_id()}.jsonl")

    def record(self, repo: RecentRepo) -> None:
        """It comes first now; the same repo from before gives way."""
        try:
            private_directory(self._path.parent)
            with locked(self._path.with_suffix(".lock"), fcntl.LOCK_EX, _LOCK_PATIENCE_SECONDS):
                others = [known for known in self._read() if known.place != repo.place]
                lines = [json.dumps(asdict(known)) for known in [*others, repo][-_KEPT:]]
                write_private(self._path, "\n".join(lines) + "\n")
        except OSError:
            logger.warning("cannot remember what was opened", extra={"path": self._path})

    def repos(self) -> list[RecentRepo]:
        """Newest first; at most 20."""
        try:
            return self._read()[::-1]
        except OSError:
            logger.warning("cannot read what was opened last", extra={"path": self._path})
            return []

    def _read(self) -> list[RecentRepo]:
        if not self._path.is_file():
            return []
        lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        return [repo for line in lines if (repo := _parse(line)) is not None]


def forgotten_jobs(made_here: Iterable[JobMade], in_queue: Container[str]) -> list[JobMade]:
    """Those that the queue does not know any more: their commands would make them again."""
    return [job for job in made_here if job.job_id not in in_queue]


def _parse(line: str) -> RecentRepo | None:
    """None for a line of another version or a damaged one."""
    try:
        found = json.loads(line)
        return RecentRepo(**{name: str(found[name]) for name in _FIELDS})
    except (ValueError, KeyError, TypeError):
        return None
