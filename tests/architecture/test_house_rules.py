"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hfdl_core import errors

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for package in ("hfdl_core", "hfdl_tui") for path in (ROOT / package).rglob("*.py")
)
ALL_PYTHON = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]
LONGEST_FILE_LINES = 400
# The worker's loop and the command line: the two outer walls that may catch everything.
OUTER_WALLS = {"hfdl_core/worker/wall.py", "hfdl_tui/cli/main.py"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", ALL_PYTHON, ids=_name)
def test_file_has_one_duty_and_at_most_400_lines(path: Path) -> None:
    lines = path.read_text().splitlines()

    assert len(lines) <= LONGEST_FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_module_says_its_duty(path: Path) -> None:
    tree = ast.parse(path.read_text())

    assert not tree.body or ast.get_docstring(tree), "begin with a docstring of one sentence"


def test_only_the_outer_walls_catch_everything() -> None:
    broad = {
        _name(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not any(isinstance(step, ast.Raise) and step.exc is None for step in node.body)
    }

    assert broad <= OUTER_WALLS


def test_error_tree_in_the_docstring_is_the_real_one() -> None:
    drawn = set(re.findall(r"[A-Z][A-Za-z]+(?=\*|\b)", (errors.__doc__ or "").split("\n\n")[1]))
    real = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.HfdlError)
    }

    assert drawn == real


def test_retryable_errors_carry_the_star() -> None:
    starred = set(re.findall(r"([A-Z][A-Za-z]+)\*", errors.__doc__ or ""))
    retryable = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.HfdlError) and value.retryable
    }

    assert starred == retryable


@pytest.mark.parametrize("forbidden", ["textual", "rich", "click", "huggingface_hub"])
def test_core_runs_without(forbidden: str) -> None:
    program = (
        "import sys, hfdl_core.bootstrap\n"
        f"print([name for name in sys.modules if name.split('.')[0] == {forbidden!r}])"
    )

    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert finished.stdout.strip() == "[]"


def test_public_names_of_the_core() -> None:
    program = (
        "import hfdl_core\n"
        "print(sorted(hfdl_core.__all__), all(hasattr(hfdl_core, n) for n in hfdl_core.__all__))"
    )

    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert finished.stdout.strip() == (
        "['DownloadTask', 'JobStatus', 'MasterNode', 'RedisClient', 'TaskStatus', "
        "'WorkerNode', 'WorkerStatus'] True"
    )
