"""Where lines go: results to stdout, everything else to stderr, always as harmless text."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from hfdl_tui.wording.printable import printable


def prepare_streams() -> None:
    """Make stdout and stderr take every line.

    A name that the terminal's encoding lacks is escaped instead of ending the program, and a stream
    that was closed before the start (`>&-`) takes lines and forgets them.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def emit(line: str) -> None:
    """One line of the result."""
    _write(sys.stdout, printable(line))


def tell(line: str) -> None:
    """One line about how it goes."""
    _write(sys.stderr, printable(line))


def complain(line: str) -> None:
    """The one line that says what is wrong and what to do next."""
    tell(f"hfdl: {line}")


def emit_json(value: Mapping[str, object]) -> None:
    """One object; ASCII only, so that no name in it can reach the terminal raw."""
    _write(sys.stdout, json.dumps(value, indent=2))


def emit_json_line(value: Mapping[str, object]) -> None:
    """One object on one line, for lists that never end."""
    _write(sys.stdout, json.dumps(value))


def emit_json_list(values: Iterable[Mapping[str, object]]) -> None:
    """A list, one object a line, written while it is read: it may have a million entries."""
    before = "["
    for value in values:
        sys.stdout.write(f"{before}\n{json.dumps(value)}")
        before = ","
    _write(sys.stdout, "[]" if before == "[" else "\n]")


def _write(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")
    stream.flush()
