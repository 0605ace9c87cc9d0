"""The options of the verbs that make a job."""

from collections.abc import Callable
from typing import Any, Final, TypedDict, cast

import click

from hfdl_core.errors import UsageError
from hfdl_tui.cli.options import Callback, all_of

_REPO_TYPES: Final = ["dataset", "model", "space"]


class JobOptions(TypedDict):
    """What click hands over, under the names of the options."""

    repo: str
    output_dir: str | None
    repo_type: str | None
    revision: str | None
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    deliver: str
    layout: str
    replace: bool
    max_attempts: int


def job_options(deliver_default: str) -> Callable[[Callback], Callback]:
    """REPO and everything that makes one job differ from another."""
    decorators = [
        click.argument("repo"),
        click.option(
            "--output-dir", "-o", metavar="DIR", help="Where files go; default: the repo's name."
        ),
        click.option("--repo-type", type=click.Choice(_REPO_TYPES), help="Default: found out."),
        click.option("--revision", metavar="REV", help="Branch, tag or commit."),
        click.option("--include", metavar="GLOB", multiple=True, help="Only these; repeatable."),
        click.option("--exclude", metavar="GLOB", multiple=True, help="Not these; repeatable."),
        click.option(
            "--deliver",
            type=click.Choice(["keep", "shared", "gather"]),
            default=deliver_default,
            show_default=True,
            help="gather: workers bring all bytes to DIR on this machine. keep: each worker keeps "
            "what it fetched. shared: DIR is one that all workers see.",
        ),
        click.option(
            "--layout",
            type=click.Choice(["dir", "cache"]),
            default="dir",
            show_default=True,
            help="cache: not built yet.",
        ),
        click.option("--replace", is_flag=True, help="Cancel an unfinished job of the same DIR."),
        click.option(
            "--max-attempts",
            metavar="N",
            type=click.IntRange(1, 100),
            default=4,
            show_default=True,
            help="Tries per file.",
        ),
        click.option("--dry-run", is_flag=True, help="Sizes and predicted time; queue nothing."),
    ]

    return lambda command: all_of(decorators, command)


def apart(options: dict[str, Any]) -> tuple[JobOptions, dict[str, Any]]:
    """The options that make the job, and the rest, which are settings of this machine."""
    job = {name: options[name] for name in JobOptions.__annotations__}
    rest = {name: value for name, value in options.items() if name not in job}
    return cast("JobOptions", job), rest


def refuse_what_is_not_built(options: JobOptions) -> None:
    """UsageError for what the command line knows and the core does not yet do."""
    if options["layout"] == "cache":
        raise UsageError("--layout cache is not built yet: use --layout dir")
