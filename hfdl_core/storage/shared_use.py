"""Lets many threads use an open file at once, and one alone change what it is or close it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SharedUse:
    """Not to be entered again by a thread that is in it: it would wait for itself."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._users = 0
        self._is_taken = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        with self._changed:
            while self._is_taken:
                self._changed.wait()
            self._users += 1
        try:
            yield
        finally:
            with self._changed:
                self._users -= 1
                if not self._users:
                    self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Begins when those who share have ended; those who come later wait."""
        with self._changed:
            while self._is_taken:
                self._changed.wait()
            self._is_taken = True
        try:
            with self._changed:
                while self._users:
                    self._changed.wait()
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()
