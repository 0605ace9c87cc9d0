"""The Redis and logging options, which every verb takes before and after its name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import click

SHARED_HEADING: Final = "Redis and logging"

Callback = TypeVar("Callback", bound=Callable[..., int])


def shared_options() -> list[click.Option]:
    """A fresh set, since click ties an option to one command.

    None has a default or a type: the settings know both, and say what is wrong with a value.
    """
    return [
        _shared("redis-url", "URL", "Address of the queue: redis://, rediss:// or unix://."),
        _shared("redis-host", "HOST", "Its host, instead of a URL."),
        _shared("redis-port", "PORT", "Its port, instead of a URL."),
        _shared("redis-username", "NAME", "Its ACL user."),
        _shared("redis-password", "TEXT", "Its password; others may see it: better a file."),
        _shared("redis-password-file", "FILE", "A file whose first line is the password."),
        _shared("redis-ca-file", "FILE", "The CA that signed its certificate (rediss://)."),
        _shared("log-level", "LEVEL", "DEBUG (with tracebacks), INFO, WARNING or ERROR."),
        _shared("log-format", "text|json", "Log lines for people or for programs."),
        _shared("config", "FILE", "A TOML file with settings."),
    ]


def _shared(name: str, metavar: str, help_text: str) -> click.Option:
    return click.Option([f"--{name}"], metavar=metavar, help=help_text)


SHARED_NAMES: Final = frozenset(str(option.name) for option in shared_options())


def take_shared(values: dict[str, object]) -> Mapping[str, object]:
    """Remove the shared options from parsed values; those that were not given are left out."""
    taken = {name: values.pop(name) for name in SHARED_NAMES & values.keys()}
    return {name: value for name, value in taken.items() if value is not None}


json_option = click.option("--json", "as_json", is_flag=True, help="For programs, on stdout.")


def hub_options(command: Callback) -> Callback:
    """The way from this machine to the Hub."""
    return all_of(
        [
            click.option(
                "--proxy",
                metavar="URL",
                multiple=True,
                help="The way to the Hub; several for a worker: each is a lane of its own.",
            ),
            click.option("--ca-file", metavar="FILE", help="CA certificates to trust for it."),
        ],
        command,
    )


def fetch_options(command: Callback) -> Callback:
    """How this machine fetches; for the verbs that run a worker here."""
    return all_of(
        [
            click.option("--connections", metavar="N", help="At once, on each lane; default 2."),
            click.option(
                "--downloader", metavar="auto|http|hub", help="How files come; default auto."
            ),
            click.option(
                "--stall-seconds",
                metavar="SECONDS",
                help="Try again after so long without a byte; default 60.",
            ),
            click.option(
                "--limit-rate",
                metavar="RATE",
                help="Bytes a second for all lanes together, such as 500k or 2MB (1k is 1000), "
                "or a timetable as rclone's: '08:00,512k 23:00,off'.",
            ),
            hub_options,
        ],
        command,
    )


def collector_options(command: Callback) -> Callback:
    """Where this machine takes blocks; for the verbs that collect."""
    return all_of(
        [
            click.option(
                "--listen",
                metavar="ADDR",
                is_flag=False,
                flag_value="0.0.0.0",  # noqa: S104 - "to all machines" is what it means
                help="Let other machines help: opens queue and collector, prints how they join.",
            ),
            click.option(
                "--collector-port", metavar="PORT", help="Where blocks are taken; default 6381."
            ),
            click.option("--collector-cert", metavar="FILE", help="With it blocks go over TLS."),
            click.option("--collector-key", metavar="FILE", help="The certificate's private key."),
        ],
        command,
    )


def reach_options(command: Callback) -> Callback:
    """How a worker reaches collectors."""
    return all_of(
        [
            click.option(
                "--collector-url", metavar="URL", help="The collector's address behind a NAT."
            ),
            click.option(
                "--collector-proxy", metavar="URL", help="The way to it; default: no proxy."
            ),
            click.option(
                "--collector-ca-file", metavar="FILE", help="The CA of its certificate (TLS)."
            ),
        ],
        command,
    )


def all_of(options: Sequence[Callable[[Callback], Callback]], command: Callback) -> Callback:
    """The command with these options, in the order in which help shows them."""
    for option in reversed(options):
        command = option(command)
    return command
