"""Opens the dashboard on this terminal, and leaves the terminal as it was."""

import logging
import os
import sys

from hfdl_core.errors import ExitCode, UsageError
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.preferences import Preferences
from hfdl_tui.dashboard.terminal import pop_title_directly
from hfdl_tui.dashboard.view.browser import HubBrowser
from hfdl_tui.dashboard.view.glyphs import Glyphs, wants_ascii
from hfdl_tui.operations.live_source import LiveSource

logger = logging.getLogger(__name__)


def run_dashboard(settings: Settings, *, job: str | None = None, read_only: bool = False) -> int:
    """Until the operator leaves; the exit code. UsageError without a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("the dashboard needs a terminal; `hfdl status --watch` does without")
    preferences = Preferences.load(settings)
    wanted = preferences.wants_ascii()
    is_ascii = wants_ascii(os.environ, sys.stderr.encoding) if wanted is None else wanted
    source = LiveSource(settings)
    app = HfdlApp(
        source,
        HubBrowser(settings),
        job=job,
        read_only=read_only,
        glyphs=Glyphs.of(is_ascii),
        preferences=preferences,
    )
    try:
        code = app.run()
    finally:
        pop_title_directly()
    if app.last_words:
        sys.stderr.write(app.last_words + "\n")
    return ExitCode.COMPLETE if code is None else code
