"""The program `hfdl`: its verbs, found without loading them."""

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import shell_complete
from typing_extensions import override

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.hide_password import hide_passwords
from hfdl_tui.cli.options import shared_options, take_shared
from hfdl_tui.cli.output import complain, prepare_streams
from hfdl_tui.cli.signals import end_by_interrupt
from hfdl_tui.cli.verb import CONTEXT, write_options
from hfdl_tui.cli.verb_table import SECTIONS, VERBS, Entry
from hfdl_tui.cli.walls import closed_pipe, told

_NAMES: Final = frozenset({"hfdl", "hf-downloader", "hfdl-tui"})
_HEADLESS: Final = "--headless-worker"


def main() -> int:
    """The console script; returns the exit code."""
    gc.disable()  # what is imported stays: looking for garbage costs a tenth of the start
    prepare_streams()
    end_by_interrupt()
    called = Path(sys.argv[0]).stem
    program = called if called in _NAMES else "hfdl"
    variable = f"_{program}_complete".replace("-", "_").upper()
    if instruction := os.environ.get(variable):
        return shell_complete(hfdl, {}, program, variable, instruction)
    return run(sys.argv[1:], program)


def run(arguments: Sequence[str], program: str = "hfdl") -> int:
    """One command line, errors turned into their line and exit code."""
    asked = Asked()
    try:
        with hfdl.make_context(program, list(arguments), obj=asked) as context:
            code = int(hfdl.invoke(context) or ExitCode.COMPLETE)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        return closed_pipe()
    except KeyboardInterrupt:
        complain("interrupted; run the same command to go on")
        return ExitCode.INTERRUPTED
    except Exception as error:
        if asked.wants_traceback:
            traceback.print_exc()
        return told(error)
    return code


class VerbGroup(click.Group):
    """Loads the module of a verb when that verb is used, and no other."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name not in VERBS:
            raise click.exceptions.NoSuchCommand(cmd_name, possibilities=VERBS, ctx=ctx)
        module = import_module(f"hfdl_tui.cli.verbs.{VERBS[cmd_name].module}")
        command: click.Command = getattr(module, cmd_name)
        return command

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, headless_as_verb(args))

    @override
    def invoke(self, ctx: click.Context) -> Any:
        ctx.ensure_object(Asked).take(take_shared(ctx.params))
        return super().invoke(ctx)

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, entries in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([_help_record(name, entry) for name, entry in entries.items()])
        write_options(self, ctx, formatter)


def _help_record(name: str, entry: Entry) -> tuple[str, str]:
    longest = max(map(len, VERBS))  # so that the summaries of all sections stand in one column
    return f"{name:<{longest}}", entry.summary


def headless_as_verb(arguments: Sequence[str]) -> list[str]:
    """`--headless-worker` among options is the verb `worker`: both then read alike.

    Every shared option and every option of a worker takes a value, so a word that follows no option
    is a verb, and a flag after it belongs to that verb.
    """
    follows_option = False
    for position, argument in enumerate(arguments):
        if argument == _HEADLESS and not follows_option:
            return ["worker", *arguments[:position], *arguments[position + 1 :]]
        if not argument.startswith("-") and not follows_option:
            break
        follows_option = not follows_option and argument.startswith("-") and "=" not in argument
    return list(arguments)


def _show_version(context: click.Context, param: click.Parameter, is_asked: bool) -> None:  # noqa: ARG001 - click calls it so
    if not is_asked:
        return
    from importlib.metadata import version

    click.echo(f"hfdl {version('hfdl-tui')}")
    context.exit()


def _dashboard(job: str | None, read_only: bool, **_: object) -> int:
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        return ExitCode.COMPLETE
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        complain(
            "the dashboard needs a terminal; `hfdl status --watch` does without, "
            "`hfdl --help` shows more"
        )
        return ExitCode.USAGE
    options = context.obj.options
    hide_passwords(options)
    # By its name, for only here textual is loaded; it enables the search for garbage itself.
    opening = import_module("hfdl_tui.dashboard.opening")
    return int(opening.open_dashboard(options, job=job, read_only=read_only))


hfdl = VerbGroup(
    name="hfdl",
    callback=_dashboard,
    invoke_without_command=True,
    subcommand_metavar="[VERB] ...",
    context_settings=dict(CONTEXT),
    help="""Download one Hugging Face repo through many machines' links at once.

    \b
    on one machine:     hfdl get owner/name
    on many:            hfdl --redis-host 192.168.1.100 master owner/name
      and on each:      hfdl --redis-host 192.168.1.100 worker
    how it goes:        hfdl status --watch
    all of it by keys:  hfdl
    """,
    epilog="Settings, strongest first: options, HFDL_* environment, config file. "
    "HF_TOKEN and HF_ENDPOINT mean what they mean to the Hub's own tools.",
    params=[
        click.Option(["--job"], metavar="JOB", help="Open the dashboard on this job."),
        click.Option(["--read-only"], is_flag=True, help="A dashboard that only looks."),
        click.Option([_HEADLESS], is_flag=True, help="The same as the verb `worker`."),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Print the version.",
        ),
        *shared_options(),
    ],
)
