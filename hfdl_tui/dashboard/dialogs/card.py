"""Shows a repo's README; whatever stands in it, nothing of it is opened or run."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Markdown
from typing_extensions import override

from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.dialog import Dialog


class Card(Dialog[None]):
    """Scrolls; a link that is clicked is shown, to be copied, and not followed."""

    DEFAULT_CSS = """
    Card > Box { width: 92%; max-width: 120; height: 92%; }
    Card Markdown { padding: 0; }
    """
    HINT = "esc closes"
    SCROLLS = True

    def __init__(self, repo_id: str, markdown: str, *, ascii_only: bool = False) -> None:
        super().__init__(f"{repo_id} · README", ascii_only=ascii_only)
        self._markdown = markdown

    @override
    def body(self) -> ComposeResult:
        yield Markdown(self._markdown, open_links=False)

    @on(Markdown.LinkClicked)
    def _show_link(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        self.app.push_screen(CopyText(event.href))
