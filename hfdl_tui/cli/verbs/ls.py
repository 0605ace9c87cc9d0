"""`hfdl ls`: what the Hub lists."""

from typing import Any

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import hub_options, json_option
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl ls owner/name",
        "hfdl ls owner/name data --json",
        "hfdl ls https://huggingface.co/datasets/owner/name/tree/main/data",
    ],
)
@click.argument("repo")
@click.argument("path", required=False)
@click.option("--recursive", "-R", is_flag=True, help="Every file below PATH.")
@click.option(
    "--repo-type",
    type=click.Choice(["dataset", "model", "space"]),
    help="Default: found out, dataset first.",
)
@click.option("--revision", metavar="REV", help="Branch, tag or commit.")
@hub_options
@json_option
@click.pass_obj
def ls(asked: Asked, /, recursive: bool, as_json: bool, **options: Any) -> int:
    """What the Hub lists in REPO, or below PATH in it, with sizes; needs no Redis."""
    from hfdl_tui.cli.listing import Place, emit_listing
    from hfdl_tui.cli.session import load_settings

    place = Place(**{name: options.pop(name) for name in Place._fields})
    settings = load_settings(asked, **options)
    emit_listing(settings, place, is_recursive=recursive, as_json=as_json)
    return ExitCode.COMPLETE
