"""Saves what is on the screen, as text and as SVG, where the operator started hfdl."""

from datetime import datetime
from pathlib import Path
from typing import Any

from textual.app import App

from hfdl_core.errors import OutputRefused
from hfdl_tui.dashboard.terminal import screen_text


def save_screen(app: "App[Any]", page: str, directory: Path = Path()) -> tuple[Path, Path]:
    """The two files; OutputRefused when they cannot be written."""
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    text = directory / f"hfdl-{page}-{stamp}.txt"
    picture = text.with_suffix(".svg")
    try:
        text.write_text(screen_text(app) + "\n", encoding="utf-8")
        picture.write_text(app.export_screenshot(title=f"hfdl {page}"), encoding="utf-8")
    except OSError as error:
        raise OutputRefused(
            f"cannot save in {directory.resolve()}: {error.strerror}; start hfdl in a directory "
            "that can be written"
        ) from error
    return text, picture
