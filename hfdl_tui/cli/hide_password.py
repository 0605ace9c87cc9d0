"""Takes a password off this process's line in `ps`, as mysql and curl do."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

# Fields of /proc/<pid>/stat counted after the command name, which may itself hold spaces:
# proc(5) numbers them 48 and 49, the name is number 2.
_ARGUMENTS_BEGIN: Final = 45
_ARGUMENTS_END: Final = 46


def hide_passwords(options: Mapping[str, object]) -> None:
    """Hide every password among these option values: given as such, or within an address."""
    if passwords := [password for value in options.items() for password in _passwords(*value)]:
        hide_from_process_list(passwords)


def _passwords(name: str, value: object) -> Iterator[str]:
    for one in value if isinstance(value, tuple) else (value,):
        if name == "redis_password" and one:
            yield str(one)
        elif isinstance(one, str) and "@" in one:
            yield _password_in(one)


def _password_in(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:  # no address at all; the settings say so
        return ""


def hide_from_process_list(secrets: Iterable[str]) -> None:
    """Overwrite the secrets where the kernel reads this process's arguments; Linux only."""
    stat = Path("/proc/self/stat")
    if not stat.is_file():
        return
    import ctypes  # here: 10 ms that only this rare case pays

    fields = stat.read_text().rpartition(")")[2].split()
    begin, end = int(fields[_ARGUMENTS_BEGIN]), int(fields[_ARGUMENTS_END])
    if not 0 < begin < end:
        return  # a kernel that does not tell
    arguments = ctypes.string_at(begin, end - begin)
    for secret in filter(None, secrets):
        hidden = secret.encode(sys.getfilesystemencoding(), "surrogateescape")
        position = arguments.rfind(hidden)
        while position >= 0:
            ctypes.memset(begin + position, ord("*"), len(hidden))
            position = arguments.rfind(hidden, 0, position)
