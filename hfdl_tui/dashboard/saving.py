"""Saves what is on the screen, as text and as SVG, where the operator started hfdl."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from textual.app import App

from hfdl_core.errors import OutputRefused
from hfdl_tui.dashboard.terminal import screen_text


def save_screen(app: "App[Any]", page: str, directory: Path = Path()) -> tuple[Path, Path]:
    """The two files; OutputRefused when they cannot be written."""
    text = directory / f"hfdl-{page}-{_stamp()}.txt"
    picture = text.with_suffix(".svg")
    with _refusal():
        text.write_text(screen_text(app) + "\n", encoding="utf-8")
        picture.write_text(app.export_screenshot(title=f"hfdl {page}"), encoding="utf-8")
    return text, picture


def save_lines(lines: Iterable[str], name: str, directory: Path = Path()) -> Path:
    """What a screen has no room for; OutputRefused when it cannot be written."""
    path = directory / f"hfdl-{name}-{_stamp()}.txt"
    with _refusal():
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _stamp() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")


@contextmanager
def _refusal() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # Where this is may not be known any more: the directory may be gone.
        raise OutputRefused(
            f"cannot save where hfdl was started: {error.strerror}; start it in a directory that "
            "can be written"
        ) from error
