"""Acceptance check 22: workers and commands start without Textual."""

import subprocess
import sys

import pytest

PROGRAM = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{name}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
heavy = {"textual", "rich.markdown"} & sys.modules.keys()
print(len([name for name in sys.modules if name.startswith("hfdl")]), sorted(heavy))
"""


@pytest.mark.parametrize(
    "packages",
    [
        ("hfdl_tui.cli", "hfdl_core.worker", "hfdl_core.monitor"),
        ("hfdl_tui.operations", "hfdl_tui.wording"),
        ("hfdl_tui.dashboard.view", "hfdl_tui.demo.hub"),
    ],
    ids=lambda names: names[0],
)
def test_textual_is_not_imported(packages: tuple[str, ...]) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, *packages], capture_output=True, text=True, check=True
    )

    modules, heavy = finished.stdout.split(maxsplit=1)
    assert heavy.strip() == "[]"
    assert int(modules) > 10
