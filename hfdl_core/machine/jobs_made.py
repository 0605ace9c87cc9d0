"""The jobs made on this machine, remembered outside Redis, which may forget them."""

import logging
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from hfdl_core.errors import OutputRefused
from hfdl_core.machine.directories import state_dir
from hfdl_core.machine.identity import machine_id
from hfdl_core.machine.record_file import RecordFile

logger = logging.getLogger(__name__)

_KEPT: Final = 1000
_LOCK_PATIENCE_SECONDS: Final = 5.0
_SECRET_OPTIONS: Final = frozenset({"--redis-password", "--hf-token", "--token"})
_USER_IN_URL: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^\s/?#]*@")


@dataclass(frozen=True, slots=True)
class JobMade:
    """What is needed to give the same command again."""

    job_id: str
    repo: str
    command: str  # without secrets, quoted for a shell
    made_at: str  # ISO 8601 UTC
    redis: str  # for people, without a password


class JobsMade:
    """What `RecordFile` keeps, at most the newest thousand of them."""

    def __init__(self, path: Path) -> None:
        self._file = RecordFile(
            path,
            JobMade,
            lambda job: job.job_id,
            most=_KEPT,
            patience_seconds=_LOCK_PATIENCE_SECONDS,
        )

    @classmethod
    def of_this_machine(cls) -> Self:
        """The file bears the machine's id: machines with one network home keep one each."""
        return cls(state_dir() / f"jobs-{machine_id()}.jsonl")

    def record(self, job: JobMade) -> None:
        """Remember the job; an older line of the same job gives way."""
        try:
            self._file.add(job)
        except OSError as error:
            raise OutputRefused(
                f"cannot remember the job in {self._file.path.parent}: {error.strerror or error};"
                " set XDG_STATE_HOME to a directory that can be written"
            ) from error

    def jobs(self) -> list[JobMade]:
        """Newest first; empty when nothing was made here or the file cannot be read."""
        try:
            return self._file.newest_first()
        except OSError:
            logger.warning("cannot read which jobs were made here", extra={"path": self._file.path})
            return []


def command_without_secrets(arguments: Sequence[str]) -> str:
    """The command line as a shell takes it; password options and URL credentials left out."""
    kept: list[str] = []
    skip_value = False
    for argument in arguments:
        if skip_value:
            skip_value = False
        elif argument.partition("=")[0] in _SECRET_OPTIONS:
            skip_value = "=" not in argument
        else:
            kept.append(_USER_IN_URL.sub(r"\g<scheme>", argument))
    return shlex.join(kept)
