"""A command that takes the shared options, too, and answers with an exit code."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import click
from typing_extensions import override

from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import SHARED_HEADING, SHARED_NAMES, shared_options, take_shared

CONTEXT: Final[Mapping[str, Any]] = {
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
}


class Verb(click.Command):
    """One verb of `hfdl`; its callback gets the `Asked` first and never the shared options."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", CONTEXT)
        super().__init__(*args, **kwargs)
        self.params.extend(shared_options())
        self._examples = examples

    @override
    def invoke(self, ctx: click.Context) -> Any:
        ctx.ensure_object(Asked).take(take_shared(ctx.params))
        return super().invoke(ctx)

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_options(self, ctx, formatter)

    @override
    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        if self._examples:
            with formatter.section("Examples"):
                for example in self._examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """The command's own options first, the shared ones under a heading of their own."""
    own: list[tuple[str, str]] = []
    shared: list[tuple[str, str]] = []
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None and isinstance(param, click.Option):  # the usage line has the others
            (shared if param.name in SHARED_NAMES else own).append(record)
    for heading, records in (("Options", own), (SHARED_HEADING, shared)):
        if records:
            with formatter.section(heading):
                formatter.write_dl(records)
