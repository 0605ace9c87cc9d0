"""A few lines of a terminal that are drawn over and over in their place."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from hfdl_tui.wording.printable import printable


class Redrawn:
    """Owns the cursor between `with` and its end; the last drawing stays."""

    def __init__(self) -> None:
        self._console = Console(markup=False, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    @property
    def width(self) -> int:
        return self._console.width

    def draw(self, lines: Sequence[str]) -> None:
        text = "\n".join(printable(line) for line in lines)
        self._live.update(Text(text, no_wrap=True, overflow="ellipsis"), refresh=True)
