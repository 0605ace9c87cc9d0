"""What the Hub was asked: one record a request, bounded in number."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hfdl_tui.demo.hub.exchange import Request, Role


@dataclass(slots=True)
class Record:
    """One request; `status` is 0 if it got no answer, `bytes_sent` counts body bytes."""

    role: Role
    method: str
    path: str
    query: str
    file: str
    range: str | None
    client: str
    had_authorization: bool
    user_agent: str
    time: float = field(default_factory=time.time)
    status: int = 0
    bytes_sent: int = 0
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: Request) -> "Record":
        return cls(
            role=request.role,
            method=request.method,
            path=request.path,
            query=request.query,
            file=request.file,
            range=request.headers.get("Range"),
            client=request.client,
            had_authorization=request.authorization is not None,
            user_agent=request.headers.get("User-Agent", ""),
        )


class RequestLog:
    """The newest records, oldest first; a request is here before its answer begins."""

    def __init__(self, size: int) -> None:
        self._records: deque[Record] = deque(maxlen=size)
        self._changed = threading.Condition()
        self._open = 0

    def begin(self, record: Record) -> None:
        with self._changed:
            self._records.append(record)
            self._open += 1

    def end(self) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def wait_idle(self, timeout: float = 5.0) -> bool:
        """Wait until no answer is under way; tell whether that came true in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout)

    def select(
        self, wanted: Callable[[Record], bool] | None = None, *, role: Role | None = None
    ) -> list[Record]:
        with self._changed:
            records = list(self._records)
        return [
            record
            for record in records
            if role in {None, record.role} and (wanted is None or wanted(record))
        ]

    def clear(self) -> None:
        with self._changed:
            self._records.clear()

    def __len__(self) -> int:
        return len(self._records)
