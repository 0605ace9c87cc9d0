"""`hfdl doctor`: what this machine needs to take part, and what to do about the rest."""

from typing import Any

import click

from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import hub_options, json_option, reach_options
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl doctor",
        "hfdl doctor owner/name -o /data",
        "hfdl --redis-host 192.168.1.100 doctor --json",
    ],
)
@click.argument("repo", required=False)
@click.option(
    "--repo-type",
    type=click.Choice(["dataset", "model", "space"]),
    help="Default: found out, dataset first.",
)
@click.option("--revision", metavar="REV", help="Branch, tag or commit.")
@click.option(
    "--output-dir", "-o", metavar="DIR", help="Where files go; default: the working directory."
)
@hub_options
@reach_options
@json_option
@click.pass_obj
def doctor(
    asked: Asked,
    /,
    repo: str | None,
    repo_type: str | None,
    revision: str | None,
    as_json: bool,
    **options: Any,
) -> int:
    """Look at Redis, the Hub, the collectors and this machine: one line a check, and what to do.

    With REPO also whether this machine may read it, and where its bytes come from. Nothing is
    changed or left behind. Exit code 0 when nothing failed, 1 when something did, 3 when Redis or
    the Hub cannot be reached or gives no access.
    """
    from hfdl_tui.cli.examining import Wanted, examine
    from hfdl_tui.cli.session import load_settings

    wanted = None if repo is None else Wanted(repo, repo_type, revision)
    return examine(load_settings(asked, **options), wanted, as_json=as_json)
