"""The repos looked at last on this machine, and jobs made here that the queue has forgotten."""

import logging
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from hfdl_core.machine import JobMade, RecordFile, machine_id, state_dir

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


class RecentRepos:
    """What `RecordFile` keeps, a convenience: what cannot be kept is only logged."""

    def __init__(self, path: Path) -> None:
        self._file = RecordFile(
            path,
            RecentRepo,
            lambda repo: repo.place,
            most=_KEPT,
            patience_seconds=_LOCK_PATIENCE_SECONDS,
        )

    @classmethod
    def of_this_machine(cls) -> Self:
        """The file bears the machine's id: machines with one network home keep one each."""
        return cls(state_dir() / f"repos-{machine_id()}.jsonl")

    def record(self, repo: RecentRepo) -> None:
        """It comes first now; the same repo from before gives way."""
        try:
            self._file.add(repo)
        except OSError:
            logger.warning("cannot remember what was opened", extra={"path": self._file.path})

    def repos(self) -> list[RecentRepo]:
        """Newest first; at most 20."""
        try:
            return self._file.newest_first()
        except OSError:
            logger.warning("cannot read what was opened last", extra={"path": self._file.path})
            return []


def forgotten_jobs(made_here: Iterable[JobMade], in_queue: Container[str]) -> list[JobMade]:
    """Those that the queue does not know any more: their commands would make them again."""
    return [job for job in made_here if job.job_id not in in_queue]
