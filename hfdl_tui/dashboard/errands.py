"""Work that may block, done one after another on a daemon thread; results come back as messages."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from textual.message import Message

from hfdl_core.errors import HfdlError

Result = TypeVar("Result")


@dataclass(frozen=True)
class Errand(Generic[Result]):
    """`work` runs on the errands' thread, the other two on the event loop."""

    work: Callable[[], Result]
    on_result: Callable[[Result], None]
    on_error: Callable[[HfdlError], None]


class ErrandEnded(Message):
    """`tell` must be called on the event loop: it brings the result to whoever sent the errand."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self.tell = tell


class ErrandBroken(Message):
    """A fault of hfdl ended the thread."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Errands:
    """A daemon thread holds up no quitting, whatever it waits for."""

    def __init__(self, name: str, post: Callable[[Message], object]) -> None:
        self._name = name
        self._post = post
        self._waiting: queue.SimpleQueue[Errand[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def beside(self, name: str) -> "Errands":
        """Another thread, whose results come to the same place."""
        return Errands(name, self._post)

    def send(self, errand: Errand[Any]) -> None:
        """In order; the thread starts with the first errand."""
        self._waiting.put(errand)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def end(self) -> None:
        """The thread goes after what was sent; nothing is sent after this."""
        if self._thread is not None:
            self._waiting.put(None)

    def say(self, tell: Callable[[], None]) -> None:
        """From within an errand: run `tell` on the event loop."""
        self._post(ErrandEnded(tell))

    def _run(self) -> None:
        try:
            while (errand := self._waiting.get()) is not None:
                self._do(errand)
        except Exception as error:
            self._post(ErrandBroken(error))
            raise

    def _do(self, errand: Errand[Any]) -> None:
        try:
            result = errand.work()
        except HfdlError as error:
            problem = error  # the name of an except clause is gone when the lambda runs
            self._post(ErrandEnded(lambda: errand.on_error(problem)))
            return
        self._post(ErrandEnded(lambda: errand.on_result(result)))
