"""A screen that is styled and drawn once, where Textual would do so several times in a row."""

from typing import Any, Final

from textual import on
from textual.events import Resize, ScreenResume
from textual.screen import Screen, ScreenResultType
from typing_extensions import override

_BURST_SECONDS: Final = 0.02  # in which a dialog that comes up, or a new size, settles


class CalmScreen(Screen[ScreenResultType]):
    """Keys wait while a screen is drawn: nothing is drawn or matched that nobody will see."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._was_sized = False
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
        if self._was_sized:  # the first frame of all has no time to lose
            self.app.delay_update(_BURST_SECONDS)
        self._was_sized = True

    @override
    def _compositor_refresh(self) -> None:
        """Textual draws while updates are held back, too, and throws it away."""
        if not self.app._batch_count:  # noqa: SLF001 - no public way
            super()._compositor_refresh()
