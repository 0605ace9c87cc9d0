"""A glob taken apart at its stars, as fnmatch reads it: each piece has a length of its own."""

import re
from collections.abc import Sequence
from fnmatch import translate
from typing import Final

_WILD: Final = r"\?|\[!?+\]?+[^\]]*\]"  # each stands for one sign
_WILD_SIGN: Final = re.compile(_WILD)
_SIGN: Final = re.compile(rf"{_WILD}|.", re.DOTALL)
_BEFORE, _AFTER = translate("x").split("x")


def pieces_of(glob: str) -> list[str]:
    """What stands before, between and after its stars; a star in brackets is none."""
    pieces = [""]
    for sign in _SIGN.findall(glob):
        if sign != "*":
            pieces[-1] += sign
        elif pieces[-1] or len(pieces) == 1:
            pieces.append("")
    return pieces


def is_literal(piece: str) -> bool:
    return _WILD_SIGN.search(piece) is None


def literal_parts(piece: str) -> list[str]:
    """What each text that it matches holds."""
    return [part for part in _WILD_SIGN.split(piece) if part]


def literal_head(piece: str) -> str:
    """What each text that it matches begins with."""
    return _WILD_SIGN.split(piece, maxsplit=1)[0]


def length_of(piece: str) -> int:
    """Of each text that it matches."""
    return len(_SIGN.findall(piece))


def regex_of(piece: str) -> str:
    """For a regular expression in which a dot is any sign."""
    return translate(piece).removeprefix(_BEFORE).removesuffix(_AFTER)


def opening_regex(pieces: Sequence[str]) -> str:
    """Of pieces with a star between two: the first place of a piece is always the best."""
    head, *parts = [regex_of(piece) for piece in pieces] or [""]
    return head + "".join(f"(?>.*?{part})" for part in parts)
