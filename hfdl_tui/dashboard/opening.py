"""Opens the dashboard on this terminal, and leaves the terminal as it was."""

import os
import sys
from collections.abc import Mapping
from typing import cast

from hfdl_core.errors import ExitCode, UsageError
from hfdl_core.logs import set_up_logging
from hfdl_core.machine import log_dir
from hfdl_core.private_files import open_private
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.garbage import keep_what_is_loaded
from hfdl_tui.dashboard.preferences import Preferences
from hfdl_tui.dashboard.terminal import pop_title_directly
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs, wants_ascii
from hfdl_tui.dashboard.view.files.browser import HubBrowser
from hfdl_tui.operations.live_source import LiveSource


def open_dashboard(options: Mapping[str, object], *, job: str | None, read_only: bool) -> int:
    """From the options of the command line; the exit code."""
    return run_dashboard(Settings.load(options), job=job, read_only=read_only)


def run_dashboard(
    settings: Settings,
    *,
    job: str | None = None,
    read_only: bool = False,
    outlived: bool = True,
    app_class: type[HfdlApp] = HfdlApp,
) -> int:
    """Until the operator leaves; the exit code. UsageError without a terminal.

    `outlived` says that jobs go on without this screen: then leaving tells how to look again.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("the dashboard needs a terminal; `hfdl status --watch` does without")
    preferences = Preferences.load(settings)
    wanted = preferences.wants_ascii()
    is_ascii = wants_ascii(os.environ, sys.stderr.encoding) if wanted is None else wanted
    _log_to_a_file(settings)
    source = LiveSource(settings)
    app = app_class(
        source,
        HubBrowser(settings),
        job=job,
        read_only=read_only,
        glyphs=Glyphs.of(is_ascii),
        preferences=preferences,
    )
    keep_what_is_loaded()
    try:
        code = app.run()
    finally:
        pop_title_directly()
    if app.last_words and outlived:
        sys.stderr.write(app.last_words + "\n")
    return cast("int", app.return_code) or code or ExitCode.COMPLETE


def _log_to_a_file(settings: Settings) -> None:
    """A line on stderr would land in the middle of the screen."""
    log = log_dir() / "dashboard.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    stream = os.fdopen(open_private(log), "a", encoding="utf-8", errors="backslashreplace")
    set_up_logging(settings.log_level, settings.log_format, settings.secrets(), stream)
