"""The worker's outer wall: a bug of ours must neither lose a task nor end a thread unnoticed."""

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)


def unexpected(turn: Callable[[], object], what: str) -> Exception | None:
    """Take one turn; what it raised and nobody expected is logged with its traceback."""
    try:
        turn()
    except Exception as error:  # the wall: whoever called decides how to go on
        logger.exception("%s: unexpected", what)
        return error
    return None
