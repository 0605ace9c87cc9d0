"""Breaks the queue on purpose: one change of one script, loaded instead of the real one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from hfdl_core.models import Delivery
from hfdl_core.queue import scripts
from tests.simulator.simulation import Disasters

FLUSHED = Disasters(flushes=frozenset({350}))


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule of the queue, taken away; the simulator must notice."""

    broken: str  # what the queue does wrong now
    script: str  # the file's name, without its ending
    old: str
    new: str
    deliveries: tuple[Delivery, ...] = (Delivery.GATHER, Delivery.KEEP)
    disasters: Disasters = FLUSHED


class MutantOutOfDate(AssertionError):
    """The script has changed since the mutant was written: write it anew."""


def mutate(mutant: Mutant, folder: Path) -> None:
    """Change the copy of the scripts in `folder`; the old text must stand there exactly once."""
    [path] = folder.rglob(f"{mutant.script}.lua")
    text = path.read_text("utf-8")
    found = text.count(mutant.old)
    if found != 1:
        raise MutantOutOfDate(f"{mutant.script}.lua holds {found} times: {mutant.old}")
    path.write_text(text.replace(mutant.old, mutant.new), "utf-8")


@contextmanager
def loaded(mutant: Mutant, directory: Path) -> Iterator[None]:
    """Within the block, clients in this process load the broken script."""
    shelf = directory / "lua"
    shutil.copytree(str(files("hfdl_core.queue") / "lua"), shelf)
    mutate(mutant, shelf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scripts, "files", lambda _: directory)
        scripts.load_script.cache_clear()
        try:
            yield
        finally:
            scripts.load_script.cache_clear()
