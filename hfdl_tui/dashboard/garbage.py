"""The search for garbage, which holds up keys and painting: what stays for good is left out of it.

A full search through all that Textual and the models have loaded takes a tenth of a second and
more, on whatever thread it begins, and 500 workers' new statuses bring one on every ten seconds.
"""

import gc
from typing import Final

SETTLING_SECONDS: Final = 1.0  # until a page that comes up has made what it keeps


def keep_what_is_loaded() -> None:
    """Nothing that is there now is ever searched again; searching begins if it was put off."""
    gc.freeze()
    gc.enable()


def keep_what_was_made() -> None:
    """The same, but for what is garbage already; costs one search through what is new."""
    gc.collect()
    gc.freeze()
