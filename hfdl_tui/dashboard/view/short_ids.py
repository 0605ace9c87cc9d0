"""How many letters of an id tell it from others: quick for thousands of them."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

_SHORTEST: Final = 4


class ShortIds:
    """Of the ids that are there now."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids: Final = sorted(ids)

    def of(self, wanted: str) -> str:
        """As few letters as tell it from the others, four at least."""
        at = bisect_left(self._ids, wanted)
        # What is most alike stands beside it.
        beside = [each for each in self._ids[max(0, at - 1) : at + 2] if each != wanted]
        alike = max((_alike(each, wanted) for each in beside), default=0)
        return wanted[: max(_SHORTEST, alike + 1)]


def _alike(one: str, other: str) -> int:
    """With how many equal letters they begin."""
    pairs = enumerate(zip(one, other, strict=False))
    least = min(len(one), len(other))
    return next((at for at, (here, there) in pairs if here != there), least)
