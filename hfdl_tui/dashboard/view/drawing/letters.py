"""One letter for each worker, by which it is known on the map of files."""

import string
from collections.abc import Sequence
from typing import Final

LETTERS: Final = string.ascii_lowercase + string.ascii_uppercase + string.digits
NO_LETTER: Final = "+"  # there are more workers than letters
# Neighbours in the alphabet differ; none of them means that something is wrong.
_STYLES: Final = ("accent", "retry", "drain", "done", "bold")


class Letters:
    """A worker keeps its letter while it lives; the first to be seen gets the first letter."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def see(self, live: Sequence[str]) -> None:
        """These worker ids live; a letter of another one is given away when none is left."""
        strangers = sorted(worker_id for worker_id in set(live) if worker_id not in self._given)
        if not strangers:
            return
        taken = set(self._given.values())
        free = [letter for letter in LETTERS if letter not in taken]
        lacking = max(0, len(strangers) - len(free))
        living = set(live)
        gone = [worker_id for worker_id in self._given if worker_id not in living]
        free += [self._given.pop(worker_id) for worker_id in gone[:lacking]]
        self._given.update(zip(strangers, free, strict=False))

    def of(self, worker_id: str) -> str:
        return self._given.get(worker_id, NO_LETTER)

    def style_of(self, worker_id: str) -> str:
        """The name of a style that goes with its letter."""
        return _STYLES[LETTERS.find(self.of(worker_id)) % len(_STYLES)]
