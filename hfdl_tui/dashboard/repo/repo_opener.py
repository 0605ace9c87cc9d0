"""Lists one repo at a time on a thread of its own; whoever asks for another ends the first."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hfdl_core.errors import HfdlError
from hfdl_tui.dashboard.errands import Errand, Errands
from hfdl_tui.dashboard.view.files.browser import Browser, Listener, Listing


@dataclass
class Opening:
    """A repo that was asked for: how far it is."""

    text: str
    revision: str | None
    began: float  # of the clock of the desk
    wait: float = 0.0  # seconds of patience that the Hub asked for last
    listing: Listing | None = None
    error: HfdlError | None = None
    stop: Callable[[], None] = field(default=lambda: None)


class RepoOpener:
    """Tells of each change of what was asked for last; what comes for an earlier wish is lost."""

    def __init__(
        self,
        browser: Browser,
        errands: Errands,
        clock: Callable[[], float],
        on_listing: Callable[[Listing], None],
        on_change: Callable[[], None],
    ) -> None:
        """`on_listing` gets the files so far, `on_change` is for the Hub's waits and refusals."""
        self.opening: Opening | None = None
        self._browser = browser
        self._errands = errands
        self._clock = clock
        self._on_listing = on_listing
        self._on_change = on_change

    def open(self, text: str, revision: str | None) -> None:
        self.stop()
        opening = self.opening = Opening(text, revision, self._clock())

        def listed(listing: Listing | None) -> None:
            if listing is not None and opening is self.opening:
                opening.listing, opening.wait = listing, 0.0
                self._on_listing(listing)

        def waits(seconds: float) -> None:
            opening.wait = seconds
            self._tell(opening)

        def failed(error: HfdlError) -> None:
            opening.error = error
            self._tell(opening)

        listener = Listener(
            lambda listing: self._errands.say(lambda: listed(listing)),
            lambda seconds: self._errands.say(lambda: waits(seconds)),
        )
        opening.stop = listener.stop.set
        self._errands.send(
            Errand(lambda: self._browser.open(text, revision, listener), listed, failed)
        )

    def again(self) -> None:
        if self.opening is not None:
            self.open(self.opening.text, self.opening.revision)

    def stop(self) -> None:
        """What is being listed is not wanted any more."""
        if self.opening is not None:
            self.opening.stop()

    def _tell(self, opening: Opening) -> None:
        if opening is self.opening:
            self._on_change()
