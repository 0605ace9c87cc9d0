"""Asks where a download shall go and what of it, shows what it takes, and launches it."""

from typing_extensions import override

from textual.app import ComposeResult

from hfdl_core.models import JobId
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.view.launching import LaunchChoice


class LaunchDialog(Dialog[JobId]):
    """Answers the id of the job that was launched; None for escape."""

    def __init__(self, desk: Desk, choice: LaunchChoice) -> None:
        super().__init__(f"Download {choice.repo_id}", ascii_only=desk.glyphs.is_ascii)
        self._desk = desk
        self._choice = choice

    @override
    def body(self) -> ComposeResult:
        yield self.lines([(self._choice.repo_id, "")])
