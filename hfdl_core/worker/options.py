"""What an operator decides about one worker."""

from dataclasses import dataclass
from pathlib import Path

from hfdl_core.timetable import Timetable


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Plain values, checked where the settings are read."""

    worker_id: str
    output_dir: Path  # relative destinations of `keep` jobs lie under it
    endpoint: str  # the Hub, without a trailing slash
    allow_paths: tuple[Path, ...] = ()  # absolute destinations may lie under these, too
    grace_seconds: float = 30.0
    exit_when_idle_seconds: float | None = None
    limit: Timetable | None = None  # for all lanes together
    only_job: str | None = None  # `get` serves its own job and leaves the others alone
    version: str = ""
