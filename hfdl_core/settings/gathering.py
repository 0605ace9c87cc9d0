"""Puts the sources together: the strongest value of each setting, and what is worth a warning."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hfdl_core.errors import SettingsError
from hfdl_core.machine import config_dir
from hfdl_core.private_files import others_can_read
from hfdl_core.settings import names, redis_rules
from hfdl_core.settings.hub_environment import HubEnvironment
from hfdl_core.settings.sources import (
    Given,
    Layer,
    from_environment,
    from_file,
    from_options,
    strongest,
)

_URL_FIELDS: Final = frozenset({"redis_url", "proxy", "collector_proxy"})
# Never shown, in no error and no repr.
SECRET_FIELDS: Final = _URL_FIELDS | {"redis_password", "hf_token"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Values as they were written; fields that nobody set are absent."""

    layer: Layer
    warnings: tuple[str, ...]


def gather(
    options: Mapping[str, object], environ: Mapping[str, str], fields: Collection[str]
) -> Gathered:
    """Strongest first: options, HFDL_* and HF_* variables, config file, what other tools set."""
    by_option = from_options(options, fields)
    hub = HubEnvironment(environ)
    by_variable = from_environment(environ, fields) | hub.spoken()
    by_file = _config_layer(by_option, by_variable, fields)
    spoken = redis_rules.settle([by_option, by_variable, by_file])

    layer = strongest(spoken)
    home = _home(layer, hub)
    token, token_warnings = hub.stored_token(home)
    bundle, bundle_warnings = ({}, ()) if "ca_file" in layer else hub.ca_file()
    directories = {
        "hf_home": Given(home, "HF_HOME"),
        "hf_hub_cache": Given(home / "hub", "HF_HOME"),
    }
    layer = strongest([layer, token, bundle, directories])
    return Gathered(_with_password(layer), (*_exposed(spoken), *token_warnings, *bundle_warnings))


def _config_layer(by_option: Layer, by_variable: Layer, fields: Collection[str]) -> Layer:
    named = by_option.get(names.CONFIG) or by_variable.get(names.CONFIG)
    if named is None:
        return from_file(config_dir() / "config.toml", fields, must_exist=False)
    path = Path(str(named.value)).expanduser()
    if not path.is_file():
        raise SettingsError(f"{named.said(secret=False)}: there is no such file")
    return from_file(path, fields, must_exist=True)


def _home(layer: Layer, hub: HubEnvironment) -> Path:
    given = layer.get("hf_home")
    return hub.home() if given is None else Path(str(given.value)).expanduser()


def _with_password(layer: Layer) -> Layer:
    given = layer.get("redis_password_file")
    if given is None:
        return layer
    return layer | {"redis_password": Given(redis_rules.read_password_file(given), given.name)}


def _exposed(spoken: list[Layer]) -> list[str]:
    """Secrets where others on this machine can read them."""
    by_option, _, by_file = spoken
    warnings = [
        f"{given.name} shows a secret in the process list;"
        f" better {names.variable(field)} or the config file"
        for field, given in by_option.items()
        if _holds_secret(field, given)
    ]
    given = strongest(spoken).get("redis_password_file")
    held = [Path(str(given.value)).expanduser()] if given else []
    held += [Path(given.place) for field, given in by_file.items() if _holds_secret(field, given)]
    return warnings + [
        f"{path} holds a secret and others can read it; chmod 600 {path}"
        for path in dict.fromkeys(held)
        if path.is_file() and others_can_read(path)
    ]


def _holds_secret(field: str, given: Given) -> bool:
    """A URL does only when it carries credentials."""
    if field in _URL_FIELDS:
        return "@" in str(given.value)
    return field in SECRET_FIELDS
