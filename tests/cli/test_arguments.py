"""How a command line is read; nothing runs here."""

import subprocess
import sys
from collections.abc import Mapping

import click
import pytest

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.main import headless_as_verb, hfdl, run
from hfdl_tui.cli.verb import Verb
from hfdl_tui.cli.verb_table import VERBS


@click.command(cls=Verb)
@click.argument("word", required=False)
@click.pass_obj
def probe(asked: Asked, /, word: str | None) -> Mapping[str, object]:
    return {**asked.options, "word": word}


def _parsed(before: Mapping[str, object], arguments: list[str]) -> object:
    asked = Asked()
    asked.take(before)
    with probe.make_context("probe", arguments, obj=asked) as context:
        return probe.invoke(context)


def test_shared_options_stand_after_the_verb_and_between_its_arguments() -> None:
    parsed = _parsed({}, ["--redis-host", "a", "word", "--log-level=DEBUG"])

    assert parsed == {"redis_host": "a", "log_level": "DEBUG", "word": "word"}


def test_what_stands_later_wins_and_the_rest_is_kept() -> None:
    parsed = _parsed({"redis_port": "1", "redis_host": "a"}, ["--redis-port", "2"])

    assert parsed == {"redis_host": "a", "redis_port": "2", "word": None}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--headless-worker", "worker"),
        ("--headless-worker --redis-host a", "worker --redis-host a"),
        ("--redis-host a --headless-worker --grace 1", "worker --redis-host a --grace 1"),
        ("--worker-id w --headless-worker", "worker --worker-id w"),
        ("--redis-host=a --headless-worker", "worker --redis-host=a"),
        ("--redis-password --headless-worker status", "--redis-password --headless-worker status"),
        ("status --headless-worker", "status --headless-worker"),
        ("--redis-host worker status", "--redis-host worker status"),
        ("", ""),
    ],
)
def test_headless_worker_is_the_verb_worker(typed: str, meant: str) -> None:
    assert headless_as_verb(typed.split()) == meant.split()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_the_shared_options(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run([verb, "--help"])

    shown = capsys.readouterr().out
    assert code == 0
    assert f"Usage: hfdl {verb}" in shown
    assert "--redis-password-file FILE" in shown


def test_the_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["--help"])

    shown = capsys.readouterr().out
    assert code == 0
    assert [verb for verb in VERBS if f"\n  {verb} " not in shown] == []


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_the_table_of_verbs_leads_to_commands_of_that_name(verb: str) -> None:
    with hfdl.make_context("hfdl", ["--redis-port", "1"]) as context:
        command = hfdl.get_command(context, verb)

    assert command.name == verb
    assert isinstance(command, Verb)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("stauts", "Did you mean 'status'?"),
        ("get", "missing argument 'REPO'; see hfdl get --help"),
        ("get a b", "unexpected extra argument (b)"),
        ("get acme/x --max-attempts 0", "--max-attempts"),
        ("get acme/x --max-attempts -3", "--max-attempts"),
        ("get acme/x --deliver pigeon", "'pigeon' is not one of 'keep', 'shared', 'gather'"),
        ("get acme/x --repo-type book", "'book' is not one of"),
        ("tasks", "missing argument 'JOB'"),
        ("tasks x --state odd", "'odd' is not one of"),
        ("requeue x --task a --cause b", "--task and --cause exclude each other"),
        ("--redis-hst x status", "no such option '--redis-hst'"),
        ("status --redis-port", "option '--redis-port' requires an argument"),
        ("limit --worker w 1XB", "limit 1XB: a rate is"),
        ("demo", "the demo's dashboard needs a terminal"),
        ("demo --redis-url redis://10.0.0.1", "a demo has a queue of its own"),
        ("demo --config hfdl.toml", "leave --redis options and --config out"),
        ("demo --no-screen --pace 0", "--pace"),
        ("master acme/x --layout cache", "--layout cache is not built yet"),
        ("collect", "missing argument 'JOB'"),
        ("collect x --mvoe", "no such option '--mvoe'"),
        ("get acme/x --collector-port high", "--collector-port"),
        ("get acme/x --collector-cert /nowhere/cert.pem", "--collector-cert"),
        ("", "the dashboard needs a terminal"),
        ("--job x", "the dashboard needs a terminal"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    typed: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(typed.split())

    out, err = capsys.readouterr()
    assert code == ExitCode.USAGE
    assert out == ""
    assert err.startswith("hfdl: ")
    assert named in err
    assert err.count("\n") == 1


def test_the_program_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["--version"])

    assert code == 0
    assert capsys.readouterr().out.startswith("hfdl 0.")


def test_the_seeds_program_name_is_shown_in_its_help() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", _RENAMED, "master", "--help"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert finished.stdout.startswith("Usage: hf-downloader master [OPTIONS] REPO")


_RENAMED = (
    "import sys; sys.argv[0] = '/usr/bin/hf-downloader'\n"
    "from hfdl_tui.cli.main import main; sys.exit(main())"
)
