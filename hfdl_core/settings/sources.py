"""Reads what was given as options, in the environment and in the config file, uninterpreted."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from hfdl_core.errors import SettingsError
from hfdl_core.settings import names


@dataclass(frozen=True, slots=True)
class Given:
    """One value as the user wrote it, and where."""

    value: object
    name: str  # as the user knows it: --redis-port, HFDL_REDIS_PORT, redis_port
    place: str = ""  # the config file, when it stands there
    sign: str = "="  # between name and value

    def said(self, *, secret: bool) -> str:
        """How to name it in an error; a secret's value is left out."""
        where = f" in {self.place}" if self.place else ""
        return self.name + ("" if secret else f"{self.sign}{self._shown()}") + where

    def _shown(self) -> str:
        return repr(self.value) if isinstance(self.value, list | dict) else str(self.value)


Layer = dict[str, Given]


def from_options(options: Mapping[str, object], fields: Collection[str]) -> Layer:
    """None and the empty tuple mean "not given": that is how the command line says so."""
    layer = {}
    for key, value in options.items():
        field = names.field_of(key)
        if field not in fields:
            raise names.unknown(names.option(key), key, map(names.config_key, fields))
        if value is not None and value != ():
            layer[field] = Given(value, names.option(field), sign=" ")
    return layer


def from_environment(environ: Mapping[str, str], fields: Collection[str]) -> Layer:
    """An empty variable counts as not set, as compose files write it.

    Refuses every HFDL_* name that is no setting: a misspelt one would be ignored in silence.
    """
    variables = {names.variable(field): field for field in fields}
    layer = {}
    for name, value in environ.items():
        if not name.startswith(names.PREFIX) or name in names.SCREEN_VARIABLES:
            continue
        if name not in variables:
            raise names.unknown(name, name, variables)
        if value.strip():
            layer[variables[name]] = Given(value, name)
    return layer


def from_file(path: Path, fields: Collection[str], *, must_exist: bool) -> Layer:
    if not must_exist and not path.exists():
        return {}
    keys = {names.config_key(field): field for field in fields if field != names.CONFIG}
    layer = {}
    for key, value in _read_toml(path).items():
        if key == names.SCREEN_TABLE:
            continue
        if key not in keys:
            raise names.unknown(f"{key} in {path}", key, keys)
        layer[keys[key]] = Given(value, key, place=str(path), sign=" = ")
    return layer


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"config file {path}: {reason}; name another with --config") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"config file {path}: {error}") from error


def strongest(layers: list[Layer]) -> Layer:
    """One value a field; the layers come strongest first."""
    merged: Layer = {}
    for layer in layers:
        merged = layer | merged
    return merged
