"""Which of the given Redis settings count when several sources name a server or a password."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hfdl_core.errors import SettingsError
from hfdl_core.settings.sources import Given, Layer

_URL: Final = "redis_url"
_ADDRESS: Final = ("redis_host", "redis_port")
_PASSWORDS: Final = ("redis_password", "redis_password_file")
_CREDENTIALS: Final = ("redis_username", *_PASSWORDS)

# What a source says about the left makes what weaker sources say about the right void.
_VOIDS: Final = {
    _URL: _ADDRESS,
    "redis_host": (_URL,),
    "redis_port": (_URL,),
    "redis_password": ("redis_password_file",),
    "redis_password_file": ("redis_password",),
}


def settle(layers: list[Layer]) -> list[Layer]:
    """The layers, strongest first, without what a stronger one made void.

    SettingsError when one source contradicts itself.
    """
    settled = []
    void: set[str] = set()
    for layer in layers:
        kept = {field: given for field, given in layer.items() if field not in void}
        _refuse_contradictions(kept)
        for field, given in kept.items():
            void.update(_VOIDS.get(field, ()))
            if field == _URL and _carries_password(given):
                void.update(_CREDENTIALS)
        settled.append(kept)
    return settled


def read_password_file(given: Given) -> str:
    """The first line, to the letter."""
    path = Path(str(given.value)).expanduser()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"{given.said(secret=False)}: {reason}") from error
    if not lines or not lines[0]:
        raise SettingsError(f"{given.said(secret=False)}: the first line holds no password")
    return lines[0]


def _refuse_contradictions(layer: Layer) -> None:
    pairs = [(_URL, field) for field in _ADDRESS] + [_PASSWORDS]
    url = layer.get(_URL)
    if url is not None and _carries_password(url):
        pairs += [(_URL, field) for field in _PASSWORDS]
    for one, other in pairs:
        if one in layer and other in layer:
            first, second = layer[one].said(secret=True), layer[other].said(secret=True)
            raise SettingsError(f"{first} and {second} say the same thing twice: give one of them")


def _carries_password(url: Given) -> bool:
    try:
        return bool(urlsplit(str(url.value)).password)
    except ValueError:
        return False  # the address itself is refused later, by whoever reads it
