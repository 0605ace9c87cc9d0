"""Single lines of styled text, drawn only when they have changed."""

from typing import Final

from textual.content import Content
from textual.widgets import Static

from hfdl_tui.dashboard.view.drawing.spans import Spans, clean, width_of

# Style names of the view (the same as those of the table) to theme variables.
STYLES: Final = {
    "": "",
    "dim": "$rows-dim",
    "bold": "bold",
    "accent": "$accent",
    "running": "$state-running",
    "idle": "$state-idle",
    "done": "$state-done",
    "warn": "$state-warn",
    "retry": "$state-retry",
    "failed": "bold $state-failed",
    "paused": "bold $state-paused",
    "drain": "$state-drain",
    "fresh": "bold reverse $accent",  # only in lines: what has just changed
}
# For terminals that have no other characters; each is as wide as what it stands for.
_ASCII: Final = str.maketrans(
    {
        "…": "~",
        "·": "-",
        "—": "-",
        "–": "-",
        "−": "-",
        "×": "x",
        "→": ">",
        "←": "<",
        "↵": "<",
        "│": "|",
        "─": "-",
    }
)


def content_of(lines: list[Spans], *, ascii_only: bool = False) -> Content:
    """The lines as Textual draws them; nothing in them is read as markup."""
    parts: list[tuple[str, str]] = []
    for number, line in enumerate(lines):
        if number:
            parts.append(("\n", ""))
        for text, style in clean(line):
            shown = text.translate(_ASCII) if ascii_only else text
            parts.append((shown, STYLES[style]))
    return Content.assemble(*parts)


class Lines(Static):
    """Some lines of text; its height follows their number, with those that are wrapped."""

    DEFAULT_CSS = "Lines { height: auto; width: 1fr; }"

    def __init__(
        self,
        *,
        ascii_only: bool,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__("", markup=False, id=id, classes=classes)
        self._ascii_only = ascii_only
        self._shown: list[Spans] = []

    def show(self, lines: list[Spans]) -> None:
        """Draw them; the same as before costs nothing."""
        if lines == self._shown:
            return
        wraps = any(width_of(line) > self.size.width for line in (*lines, *self._shown))
        is_other = wraps or len(lines) != len(self._shown)  # perhaps another height
        self._shown = lines
        self.update(content_of(lines, ascii_only=self._ascii_only), layout=is_other)

    @property
    def text(self) -> str:
        """What is shown, without styles."""
        return "\n".join("".join(text for text, _ in line) for line in self._shown)
