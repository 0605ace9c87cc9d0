"""Refuses regular expressions that could search for ever: Python cannot stop a search.

While one runs nothing else does, the screen included. What is refused: a repeat of something that
holds a repeat or a choice, as in `(a+)+`, whose time doubles with each letter; and many repeats
one after another, whose times multiply. Three of them are quick in paths of ordinary length.
"""

import re
from typing import Final

from hfdl_core.errors import UsageError

_LONGEST: Final = 200
_MOST_REPEATS: Final = 3
LONGEST_SEARCHED: Final = 500  # characters of a path
_REPEATS: Final = "*+{"
_ESCAPED: Final = re.compile(r"\\.", re.DOTALL)
_DOUBLED_IN_CLASS: Final = ("--", "&&", "||", "~~")


def checked_regex(text: str) -> re.Pattern[str]:
    """Compiled; UsageError says what is wrong with it, or what it would cost."""
    if len(text) > _LONGEST:
        raise UsageError(f"a regular expression has at most {_LONGEST} characters here")
    _Scan(text).run()
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"no regular expression (yet): {error}") from error


class _Scan:
    """One walk over the text; what it cannot follow, `re.compile` refuses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._repeats = 0
        self._groups = [False]  # of those open, whether it holds a repeat or a choice
        self._closed = False  # what came just before is a group that does

    def run(self) -> None:
        while self._at < len(self._text):
            sign = self._text[self._at]
            self._at += 1
            closed, self._closed = self._closed, False
            if sign == "\\":
                self._at += 1
            elif sign == "[":
                self._pass_class()
            elif sign in "()":
                self._pass_bracket(sign)
            elif sign in "*+{?":
                self._pass_repeat(sign, closed=closed)
            elif sign == "|":
                self._groups[-1] = True

    def _pass_bracket(self, sign: str) -> None:
        if sign == "(":
            self._groups.append(False)
            if self._text[self._at : self._at + 1] == "?":
                self._at += 1
            return
        if len(self._groups) > 1:
            self._closed = self._groups.pop()
            self._groups[-1] |= self._closed

    def _pass_repeat(self, sign: str, *, closed: bool) -> None:
        if sign in _REPEATS:
            if closed:
                raise UsageError(
                    "a repeat of a group that holds a repeat or a choice can take for ever: "
                    "say it without, or use a glob"
                )
            self._repeats += 1
        if self._repeats > _MOST_REPEATS:
            raise UsageError(
                f"more than {_MOST_REPEATS} repeats can take very long: use a glob, such as "
                "*train*.parquet"
            )
        self._groups[-1] = True
        if self._text[self._at : self._at + 1] in {"?", "+"}:  # lazy, possessive
            self._at += 1

    def _pass_class(self) -> None:
        """Up to its end; what Python warns of today may mean something else tomorrow."""
        begin = self._at
        if self._text[self._at : self._at + 1] == "^":
            self._at += 1
        first = self._at
        while self._at < len(self._text) and (self._text[self._at] != "]" or self._at == first):
            self._at += 2 if self._text[self._at] == "\\" else 1
        inside = _ESCAPED.sub(" ", self._text[begin : self._at])
        self._at += 1
        if "[" in inside or any(sign in inside for sign in _DOUBLED_IN_CLASS):
            raise UsageError(r"within [...] write \[ for a bracket, and each sign once")
