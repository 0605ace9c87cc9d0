"""What is typed into the filter line of a table, as a test of one text at a time.

`node-03` is a part of the text in any case of letters, `re:w-0[1-4]` a regular expression; a `!`
before either turns it around.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hfdl_tui.dashboard.view.files.regex_guard import checked_regex

_REGEX: Final = "re:"
_NOT: Final = "!"


@dataclass(frozen=True, slots=True)
class TextFilter:
    text: str  # as typed
    lets_pass: Callable[[str], bool]


def parse_text_filter(text: str) -> TextFilter | None:
    """None for one that asks for nothing (yet); UsageError for a regex that cannot be used."""
    wanted = text.strip()
    is_inverted = wanted.startswith(_NOT)
    wanted = wanted.removeprefix(_NOT).strip()
    if wanted in {"", _REGEX}:
        return None
    test = _test_of(wanted)
    return TextFilter(text, (lambda given: not test(given)) if is_inverted else test)


def nothing_matches(text: str) -> str:
    """The sentence in place of the rows."""
    return f'Nothing matches "{text.strip()}". esc clears.'


def _test_of(wanted: str) -> Callable[[str], bool]:
    if wanted.startswith(_REGEX):
        search = checked_regex(wanted.removeprefix(_REGEX)).search
        return lambda given: search(given) is not None
    part = wanted.lower()
    return lambda given: part in given.lower()
