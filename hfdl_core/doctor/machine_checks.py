"""Looks at the rest of this machine: open files, and settings that do not mean what they seem."""

import resource
from collections.abc import Iterator, Mapping
from typing import Final

import humanize

from hfdl_core.doctor.findings import Finding, doubtful, fine
from hfdl_core.doctor.rounds import Check
from hfdl_core.settings import Settings
from hfdl_core.settings.hub_environment import CA_VARIABLES

# A collector holds a connection for each worker's connection, and the files they write.
_ENOUGH_FILES: Final = 1024
_PROXY_VARIABLES: Final = ("https_proxy", "http_proxy", "all_proxy", "no_proxy")
_REDIS_STRANGERS: Final = ("REDIS_URL", "REDIS_HOST", "REDIS_PASSWORD")
_TOKEN_STRANGERS: Final = (
    "HUGGINGFACE_TOKEN",
    "HUGGINGFACE_HUB_TOKEN",
    "HUGGINGFACE_API_KEY",
    "HF_API_TOKEN",
)
_TOKEN_SWITCH: Final = "HF_HUB_DISABLE_IMPLICIT_TOKEN"  # noqa: S105 - a variable's name


def machine_checks(settings: Settings, environ: Mapping[str, str]) -> tuple[Check, ...]:
    return (
        Check("open files", _look_at_limit),
        Check("environment", lambda: _look_at_environment(settings, environ)),
    )


def _look_at_limit() -> Iterator[Finding]:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        yield fine("open files", "no limit")
    elif soft < _ENOUGH_FILES:
        yield doubtful(
            "open files",
            f"only {soft} at once: a collector needs one for each connection and each file",
            f"`ulimit -n {_ENOUGH_FILES * 4}` before the command",
        )
    else:
        yield fine("open files", f"{humanize.intcomma(soft)} at once (ulimit -n)")


def _look_at_environment(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    misled = [
        *_misled_about_certificates(settings, environ),
        *_misled_about_proxies(environ),
        *_misled_about_redis(settings, environ),
        *_misled_about_token(settings, environ),
    ]
    found = [doubtful("environment", detail, advice) for detail, advice in misled]
    found += [doubtful("environment", warning) for warning in settings.warnings]
    yield from found or [fine("environment", "no variable misleads")]


def _misled_about_certificates(
    settings: Settings, environ: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Other programs know one or the other of these; hfdl reads one and hands it to all."""
    counts = settings.said("ca_file")
    for name in CA_VARIABLES:
        value = environ.get(name, "")
        if value and name != counts and value != str(settings.ca_file):
            yield f"{name} names other certificates and is not read", f"{counts} counts"


def _misled_about_proxies(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in _PROXY_VARIABLES:
        small, large = environ.get(name), environ.get(name.upper())
        if small and large and small != large:
            detail = f"{name.upper()} and {name} differ: the one in small letters counts"
            yield detail, "unset one of them"


def _misled_about_redis(
    settings: Settings, environ: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if settings.redis_target() is None:
        for name in filter(environ.get, _REDIS_STRANGERS):
            yield f"{name} is set, which hfdl does not read", f"it reads HFDL_{name}"


def _misled_about_token(
    settings: Settings, environ: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if settings.hf_token is not None:
        return
    for name in filter(environ.get, _TOKEN_STRANGERS):
        yield f"{name} is set, which hfdl does not read", "it reads HF_TOKEN"
    if environ.get("HF_TOKEN") and environ.get(_TOKEN_SWITCH):
        yield f"HF_TOKEN is not used, because {_TOKEN_SWITCH} says so", f"unset {_TOKEN_SWITCH}"
