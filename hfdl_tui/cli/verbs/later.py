"""Verbs that are known but not built yet: each says so in one line."""

from typing import Final

import click

from hfdl_core.errors import UsageError
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.verb import CONTEXT, Verb
from hfdl_tui.cli.verb_table import VERBS

_ANYTHING: Final = {**CONTEXT, "ignore_unknown_options": True, "allow_extra_args": True}


def _not_yet(name: str) -> Verb:
    @click.pass_obj
    def refuse(_: Asked) -> int:
        raise UsageError(f"`hfdl {name}` is not built yet; `hfdl --help` shows what is")

    return Verb(
        name=name,
        callback=refuse,
        help=f"{VERBS[name].summary.capitalize()} (not built yet).",
        context_settings=_ANYTHING,
    )


demo = _not_yet("demo")
