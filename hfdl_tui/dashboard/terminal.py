"""The few things that Textual does not offer in public: its private names, but for CalmScreen's."""

import sys
from typing import Any, Final

from textual.app import App

_MOUSE_OFF: Final = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
_MOUSE_ON: Final = "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h"
# xterm's own stack of titles: what the terminal was called before comes back at the end.
_PUSH_TITLE: Final = "\x1b[22;2t"
_POP_TITLE: Final = "\x1b[23;2t"


def screen_text(app: "App[Any]") -> str:
    """The visible screen as text, without styles."""
    strips = app.screen._compositor.render_strips()  # noqa: SLF001 - Textual's own exports do so
    return "\n".join("".join(part.text for part in strip).rstrip() for strip in strips)


def mouse_off(app: "App[Any]") -> None:
    """The terminal's own selection works until `mouse_on`."""
    _write(app, _MOUSE_OFF)


def mouse_on(app: "App[Any]") -> None:
    _write(app, _MOUSE_ON)


def push_title(app: "App[Any]") -> None:
    _write(app, _PUSH_TITLE)


def pop_title(app: "App[Any]") -> None:
    _write(app, _POP_TITLE)


def set_title(app: "App[Any]", title: str) -> None:
    """`title` must be printable."""
    _write(app, f"\x1b]2;{title}\x07")


def pop_title_directly() -> None:
    """When Textual has already left the screen."""
    if sys.__stderr__ is not None and sys.__stderr__.isatty():
        sys.__stderr__.write(_POP_TITLE)
        sys.__stderr__.flush()


def _write(app: "App[Any]", codes: str) -> None:
    driver = app._driver  # noqa: SLF001 - there is no public way to write a control sequence
    if driver is not None and not app.is_headless:
        driver.write(codes)
        driver.flush()
