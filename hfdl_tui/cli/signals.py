"""Asks to stop, heard at once and answered outside the signal handler."""

import select
import signal
import socket
from types import FrameType, TracebackType
from typing import Final, Self

_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_by_interrupt() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does: with its clean-up."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


class StopSignals:
    """Counts signals that ask to stop, between `with` and its end; for the main thread only.

    The handler only counts: whatever it called could wait for a lock that the interrupted code
    holds. A signal that was ignored when the program started (`nohup`, `&` in a script) stays so.
    """

    def __init__(self) -> None:
        self.count = 0
        self.by_terminal = False  # Ctrl-C was among them

    def __enter__(self) -> Self:
        self._awake, self._alarm = socket.socketpair()
        self._awake.setblocking(False)
        self._alarm.setblocking(False)
        self._former_fd = signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        self._former = {
            number: signal.signal(number, self._hear)
            for number in _STOPPING
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._former_fd)
        self._awake.close()
        self._alarm.close()

    def wait(self, seconds: float) -> None:
        """Until a signal comes, `wake` is called, or the time is over."""
        ready, _, _ = select.select([self._awake], [], [], seconds)
        if ready:
            self._awake.recv(4096)

    def wake(self) -> None:
        """End the present or next `wait`; from any thread."""
        try:
            self._alarm.send(b"\0")
        except BlockingIOError:
            return  # the buffer is full of unread wakes: that wakes, too

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self.count += 1
        self.by_terminal = self.by_terminal or number == signal.SIGINT
