"""What a worker and its huggingface_hub process say to each other: one JSON object a line."""

import json
from dataclasses import asdict, dataclass, field

from hfdl_core.errors import (
    ConnectionLost,
    DiskFull,
    FileMissing,
    FileRefused,
    FileUnreadable,
    HfdlError,
    RangeRefused,
    ServerBusy,
    ServerFault,
    TransferStalled,
    WayFiltered,
    WorkerDenied,
    WorkerOffline,
)

_BY_NAME: dict[str, type[HfdlError]] = {
    leaf.__name__: leaf
    for leaf in (
        ConnectionLost,
        DiskFull,
        FileMissing,
        FileRefused,
        FileUnreadable,
        RangeRefused,
        ServerFault,
        TransferStalled,
        WayFiltered,
        WorkerDenied,
        WorkerOffline,
    )
}


@dataclass(frozen=True, slots=True)
class FileWanted:
    """To the process: fetch this file whole into the directory."""

    endpoint: str
    repo_type: str
    repo_id: str
    commit: str
    path: str
    directory: str
    token: str | None = field(repr=False)

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "FileWanted":
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Received:
    """From the process: so many bytes of the file have arrived."""

    size: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """From the process: the file lies there."""

    path: str


@dataclass(frozen=True, slots=True)
class Failed:
    """From the process: why there will be no file."""

    error: str
    text: str
    host: str = ""
    status: int = 0
    retry_after_seconds: float | None = None

    def as_error(self) -> HfdlError:
        if self.error == ServerBusy.__name__:
            return ServerBusy(self.host, self.status, self.retry_after_seconds)
        return _BY_NAME[self.error](self.text)


Report = Received | Arrived | Failed
_REPORTS: dict[str, type[Received] | type[Arrived] | type[Failed]] = {
    "received": Received,
    "arrived": Arrived,
    "failed": Failed,
}


def report_line(report: Report) -> bytes:
    kind = type(report).__name__.lower()
    return json.dumps({"report": kind, **asdict(report)}).encode() + b"\n"


def read_report(line: bytes) -> Report:
    fields = json.loads(line)
    return _REPORTS[fields.pop("report")](**fields)
