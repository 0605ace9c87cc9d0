"""The search for garbage, which holds up keys and painting: what stays for good is left out of it.

A full search through all that Textual and the models have loaded takes a tenth of a second and
more, on whatever thread it begins, and 500 workers' new statuses bring one on every ten seconds.
"""

import gc
from typing import Final

SETTLING_SECONDS: Final = 1.0  # until a page that comes up has made what it keeps
# New objects until the youngest are searched: what 500 workers tell in a second is more than
# Python's own 700, and was searched twice before it went by itself.
# What is drawn once is often garbage that only a search finds (a strip keeps itself in a cache of
# its own), and grows old before it is let go: the oldest are looked through early, not late.
_YOUNG, _OLDER, _OLDEST = 10_000, 10, 2


def keep_what_is_loaded() -> None:
    """Nothing that is there now is ever searched again; searching begins if it was put off."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDEST)
    gc.enable()


def keep_what_was_made() -> None:
    """The same, but for what is garbage already; costs one search through what is new."""
    gc.collect()
    gc.freeze()
