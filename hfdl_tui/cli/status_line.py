"""One line about what goes on: drawn over on a terminal, now and then elsewhere."""

import os
import sys
import time
from types import TracebackType
from typing import Final, Self

from hfdl_tui.cli.output import tell
from hfdl_tui.wording.printable import printable, shorten

_REDRAW_SECONDS: Final = 0.1
_TELL_SECONDS: Final = 5.0
_CLEAR: Final = "\r\x1b[K"


class StatusLine:
    """Shows the newest text on stderr, as often as it is worth it; gone when its block ends."""

    def __init__(self) -> None:
        self._is_drawn = sys.stderr.isatty()
        # A quick step needs no line off a terminal; on one, the first is drawn at once.
        self._shown_at = time.monotonic() - (_REDRAW_SECONDS if self._is_drawn else 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_drawn:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()

    def show(self, text: str) -> None:
        now = time.monotonic()
        if now - self._shown_at < (_REDRAW_SECONDS if self._is_drawn else _TELL_SECONDS):
            return
        self._shown_at = now
        if not self._is_drawn:
            tell(text)
            return
        width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
        sys.stderr.write(_CLEAR + shorten(printable(text), width - 1))
        sys.stderr.flush()
