"""A screen that is styled and drawn once, where Textual would do so several times in a row."""

import time
from typing import Any, Final

from textual import on
from textual.events import Resize, ScreenResume
from textual.screen import Screen, ScreenResultType
from typing_extensions import override

_BURST_SECONDS: Final = 0.02  # in which a dialog that comes up, or a new size, settles
_SIZING_SECONDS: Final = 0.1  # while a window is dragged, it is seen all the same


class CalmScreen(Screen[ScreenResultType]):
    """Keys wait while a screen is drawn: nothing is drawn or matched that nobody will see."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._sized_at: float | None = None
        # Its widgets are styled as they are mounted. Textual does not know, and when it comes up
        # for the first and the second time, parses and matches all rules again.
        self._css_update_count = self.app._css_update_count  # noqa: SLF001 - no public way

    @on(ScreenResume)
    def _come_up(self, event: ScreenResume) -> None:
        event.refresh_styles = False  # what changes them styles it anew by itself
        if self.is_modal:
            self.app.delay_update(_BURST_SECONDS)

    @on(Resize)
    def _change_size(self) -> None:
        """But for the first of all sizes, whose frame has no time to lose."""
        now, before = time.monotonic(), self._sized_at
        if before is None or now - before > _SIZING_SECONDS:
            self._sized_at = now
            if before is not None:
                self.app.delay_update(_BURST_SECONDS)

    @override
    def _compositor_refresh(self) -> None:
        """Textual draws while updates are held back, too, and throws it away."""
        if not self.app._batch_count:  # noqa: SLF001 - no public way
            super()._compositor_refresh()
