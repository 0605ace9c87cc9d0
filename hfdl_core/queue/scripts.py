"""The shelf of Lua scripts: one file per move, its keys named in its header."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_KEYS = re.compile(r"^-- KEYS +(.*)$", re.MULTILINE)
_INCLUDE = re.compile(r"^-- INCLUDE (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """One move, ready to be sent."""

    name: str
    text: str
    sha: str  # under which the server remembers the text
    keys: tuple[str, ...]  # names, in the order of KEYS


@cache
def load_script(name: str) -> Script:
    """Read a move and put the shared text that its header names before it."""
    shelf = files("hfdl_core.queue") / "lua"
    move = (shelf / f"{name}.lua").read_text("utf-8")
    parts = [
        (shelf / "shared" / f"{part}.lua").read_text("utf-8")
        for part in _header(_INCLUDE, move, name).split()
        if part != "none"
    ]
    text = "".join([*parts, move])
    return Script(
        name=name,
        text=text,
        sha=hashlib.sha1(text.encode()).hexdigest(),  # noqa: S324 - the server's own name for it
        keys=tuple(re.findall(r"\d+ (\S+)", _header(_KEYS, move, name))),
    )


def _header(pattern: re.Pattern[str], move: str, name: str) -> str:
    found = pattern.search(move)
    if found is None:
        raise ValueError(f"{name}.lua lacks a header line")
    return found[1]
