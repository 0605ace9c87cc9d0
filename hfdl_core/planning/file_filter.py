"""Which files of a repo a job wants: globs that mean what they mean to huggingface_hub."""

import re
from collections.abc import Sequence
from fnmatch import translate
from typing import Final

from hfdl_core.errors import BadGlob

LONGEST_GLOB: Final = 1024  # characters

_WITHOUT_WILDCARD: Final = re.compile(r"(?:[^*?\[]|\[[*?\[]\])*")
_ESCAPED: Final = re.compile(r"\[([*?\[])\]")


class FileFilter:
    """Keeps a path that matches an include glob (or there is none) and no exclude glob.

    A glob is matched against the whole path, `*` goes over slashes, `dir/` means everything
    below dir, and case matters. BadGlob when a glob is empty, too long or holds a NUL.
    """

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._include = _Globs(include) if include else None
        self._exclude = _Globs(exclude) if exclude else None

    def keep(self, path: str) -> bool:
        if self._include is not None and not self._include.match(path):
            return False
        return self._exclude is None or not self._exclude.match(path)


class _Globs:
    """Several globs as one question; thousands that name files or folders cost little more."""

    def __init__(self, globs: Sequence[str]) -> None:
        self._paths: set[str] = set()
        self._folders: set[str] = set()  # with the slash
        wild: list[str] = []
        for glob in map(_checked, globs):
            if (path := _plain(glob)) is not None:
                self._paths.add(path)
            elif glob.endswith("/*") and (folder := _plain(glob[:-1])) is not None:
                self._folders.add(folder)
            else:
                wild.append(translate(glob))
        self._wild = re.compile("|".join(wild)) if wild else None

    def match(self, path: str) -> bool:
        if path in self._paths or (self._folders and self._lies_in_a_folder(path)):
            return True
        return self._wild is not None and self._wild.match(path) is not None

    def _lies_in_a_folder(self, path: str) -> bool:
        slash = path.find("/")
        while slash >= 0:
            if path[: slash + 1] in self._folders:
                return True
            slash = path.find("/", slash + 1)
        return False


def _plain(glob: str) -> str | None:
    """The one path that it matches; None when it has a wildcard that is not escaped."""
    return _ESCAPED.sub(r"\1", glob) if _WITHOUT_WILDCARD.fullmatch(glob) else None


def _checked(glob: str) -> str:
    if not glob.strip():
        raise BadGlob("an empty glob matches nothing: leave it out, or name files such as '*.json'")
    if "\0" in glob or len(glob) > LONGEST_GLOB:
        raise BadGlob(f"{glob[:40]!r}: a glob has at most {LONGEST_GLOB} characters and no NUL")
    pattern = glob.replace("\\", "/")  # as somebody on Windows would join it
    return f"{pattern}*" if pattern.endswith("/") else pattern
