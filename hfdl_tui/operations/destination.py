"""Where a job's files would go and whether they fit, before it is made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from hfdl_core.errors import UsageError
from hfdl_core.machine import host_name
from hfdl_core.master import JobRequest
from hfdl_core.master.destination import destination_of
from hfdl_core.models import Delivery, JobSpec
from hfdl_core.storage import OutputDirectory
from hfdl_tui.wording import figures


@dataclass(frozen=True, slots=True)
class Destination:
    """Of a job that its workers keep, nobody knows before how much room they have."""

    host: str
    path: str  # absolute, but for `keep`
    needed_bytes: int
    free_bytes: int | None

    @classmethod
    def look(
        cls, request: JobRequest, repo_id: str, needed_bytes: int, directory: Path | None = None
    ) -> Self:
        """Relative ones lie in `directory`, by default the working one; nothing is written.

        UsageError for what is no destination, StorageError when the disk tells nothing.
        """
        path = destination_of(request, repo_id, directory or _working_directory())
        return cls._of(path, request.delivery, needed_bytes)

    @classmethod
    def of(cls, spec: JobSpec, needed_bytes: int) -> Self:
        """Of a dry run, or of a job that is here; StorageError when the disk tells nothing."""
        return cls._of(spec.destination, spec.delivery, needed_bytes)

    @classmethod
    def _of(cls, path: str, delivery: Delivery, needed_bytes: int) -> Self:
        if delivery is Delivery.KEEP:
            return cls("each worker", path, needed_bytes, None)
        free = OutputDirectory(Path(path)).free_bytes()
        return cls(host_name(), path, needed_bytes, free)

    @property
    def fits(self) -> bool:
        return self.free_bytes is None or self.needed_bytes <= self.free_bytes

    @property
    def where(self) -> str:
        """Such as `to node:/data/name, free 1.2 TB`."""
        if self.free_bytes is None:
            return f"to {_on_a_worker(self.path)}, free as each of them has"
        return f"to {self.host}:{self.path}, free {figures.size(self.free_bytes)}"

    @property
    def text(self) -> str:
        """Such as `to node:/data/name, free 1.2 TB, needs 300.0 GB`."""
        return f"{self.where}, needs {figures.size(self.needed_bytes)}"


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise UsageError(
            "the directory in which hfdl was started is gone: start it in another"
        ) from error


def _on_a_worker(path: str) -> str:
    if Path(path).is_absolute():
        return f"{path} on each worker"
    return f"{path} in each worker's own --output-dir"
