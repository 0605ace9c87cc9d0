"""Which files of a repo a job wants: globs that mean what they mean to huggingface_hub."""

import re
from collections.abc import Sequence
from fnmatch import translate
from typing import Final

from hfdl_core.errors import BadGlob

_LONGEST_GLOB: Final = 1024


class FileFilter:
    """Keeps a path that matches an include glob (or there is none) and no exclude glob.

    A glob is matched against the whole path, `*` goes over slashes, `dir/` means everything
    below dir, and case matters. BadGlob when a glob is empty, too long or holds a NUL.
    """

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._include = _compiled(include)
        self._exclude = _compiled(exclude)

    def keep(self, path: str) -> bool:
        if self._include is not None and not self._include.match(path):
            return False
        return self._exclude is None or not self._exclude.match(path)


def _compiled(globs: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(_expression(glob) for glob in globs)) if globs else None


def _expression(glob: str) -> str:
    if not glob.strip():
        raise BadGlob("an empty glob matches nothing: leave it out, or name files such as '*.json'")
    if "\0" in glob or len(glob) > _LONGEST_GLOB:
        raise BadGlob(f"{glob[:40]!r}: a glob has at most {_LONGEST_GLOB} characters and no NUL")
    pattern = glob.replace("\\", "/")  # as somebody on Windows would join it
    return translate(f"{pattern}*" if pattern.endswith("/") else pattern)
