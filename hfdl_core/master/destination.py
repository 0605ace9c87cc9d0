"""Where a job's files shall go, and whether that place can be had."""

import os
from pathlib import Path

from hfdl_core.errors import DestinationRefused, UsageError
from hfdl_core.master.request import JobRequest
from hfdl_core.models import Delivery, JobSpec, Layout
from hfdl_core.storage import OutputDirectory


def destination_of(request: JobRequest, repo_id: str, working_directory: Path) -> str:
    """As the job records it: absolute for shared and gather, as given (normalised) for keep."""
    if request.layout is not Layout.DIR:
        raise UsageError("--layout cache is not built yet; use --layout dir")
    given = request.destination
    if given is not None and ("\0" in given or not given.strip()):
        raise UsageError("the destination is empty or holds a NUL byte: name a directory with -o")
    name = given or repo_id.rpartition("/")[2]
    if request.delivery is Delivery.KEEP:
        wanted = os.path.normpath(Path(name).expanduser())
        if wanted.partition(os.sep)[0] == os.pardir:
            raise UsageError(
                f"{name} would leave the workers' --output-dir: name a directory below it, or an "
                "absolute one that they --allow-path"
            )
        return wanted
    return str((working_directory / Path(name).expanduser()).resolve())


def check_destination(spec: JobSpec, *, is_default: bool) -> None:
    """Refuse a default directory that holds somebody else's files; only looks, writes nothing."""
    if spec.delivery is Delivery.KEEP:
        return  # it lies on the workers' machines; each checks its own
    root = Path(spec.destination)
    if root.exists() and not root.is_dir():
        raise DestinationRefused(f"{root} is a file: name a directory with -o")
    if not is_default or not root.exists():
        return
    output = OutputDirectory(root)
    if not output.is_empty() and not output.is_ours():
        raise DestinationRefused(
            f"{root} exists and was not made by hfdl: name it with -o to use it all the same"
        )


def check_room(spec: JobSpec, bytes_needed: int) -> None:
    """Refuse a job that cannot fit on this machine's disk; `bytes_needed` are those to fetch."""
    if spec.delivery is Delivery.KEEP:
        return
    free = OutputDirectory(Path(spec.destination)).free_bytes()
    if bytes_needed > free:
        raise DestinationRefused(
            f"{spec.destination} has {free:,} bytes free and the job needs {bytes_needed:,}: "
            "free space or name another place with -o"
        )
