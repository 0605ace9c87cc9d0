"""What a setting is called as an option, in the environment and in the config file."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from hfdl_core.errors import SettingsError

PREFIX: Final = "HFDL_"
# What only the screen wants to know: it reads both by itself.
SCREEN_TABLE: Final = "dashboard"  # a table of the config file
SCREEN_VARIABLES: Final = frozenset({"HFDL_ASCII"})
CONFIG: Final = "config"  # where the config file is; it cannot say so itself
_HUB_PREFIX: Final = "hf_"

# The command line says `--exit-when-idle SECONDS` and `--grace SECONDS`; fields tell the unit.
_CALLED: Final = {"exit_when_idle_seconds": "exit_when_idle", "grace_seconds": "grace"}
_FIELD_CALLED: Final = {called: field for field, called in _CALLED.items()}


def config_key(field: str) -> str:
    return _CALLED.get(field, field)


def variable(field: str) -> str:
    """`HFDL_REDIS_HOST`; the Hub's own settings keep the Hub's names."""
    key = config_key(field).upper()
    return key if field.startswith(_HUB_PREFIX) else PREFIX + key


def option(field: str) -> str:
    return "--" + config_key(field).replace("_", "-")


def field_of(key: str) -> str:
    """The field behind a config key or an option's name."""
    return _FIELD_CALLED.get(key, key)


def unknown(said: str, key: str, known: Iterable[str]) -> SettingsError:
    """The error for a name that nobody knows, with the nearest of those that are known."""
    folded = {name.casefold(): name for name in sorted(known)}
    (nearest,) = get_close_matches(key.casefold(), folded, n=1, cutoff=0.0)
    return SettingsError(f"{said}: there is no such setting; did you mean {folded[nearest]}?")
