"""Whatever moment a crash chooses, a restart goes on from bytes that are there, or from none."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory
from tests.storage.samples import COMMIT, OWNER, everything, incompletes, lfs_file, store

PIECE = bytes(range(251)) * 33
CONTENT = PIECE * 40
ROOT = Path(__file__).parents[2]
# Writes pieces and tells each durable position; the test kills it somewhere.
WRITER = """
import sys
from pathlib import Path
from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory
root, size, digest, step = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
content = bytes(range(251)) * 33 * 40
output = OutputDirectory(root)
with output.open_incomplete(RepoFile("a.bin", size, digest), "worker-07") as incomplete:
    print(incomplete.position, flush=True)
    while incomplete.position < size:
        at = incomplete.position % len(content)
        incomplete.write(content[at : at + step])
        print(incomplete.sync(), flush=True)
    incomplete.finish("c0ffee" + 34 * "0")
"""


def _start_writer(output: OutputDirectory, file: RepoFile, step: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER]
    command += [str(output.root), str(file.size), file.digest, str(step)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _record(output: OutputDirectory) -> Path:
    return next(path for path in incompletes(output) if path.suffix == ".position")


def _content(output: OutputDirectory) -> Path:
    return next(path for path in incompletes(output) if path.suffix == ".incomplete")


def test_killed_writer_goes_on_from_its_durable_position(output: OutputDirectory) -> None:
    size = len(CONTENT) * 100
    digest = hashlib.sha256(CONTENT * 100).hexdigest()
    file = RepoFile("a.bin", size, digest)
    begun_at = []
    told = 0

    for lines in (40, 200, 90):
        writer = _start_writer(output, file, 5000)
        assert writer.stdout is not None
        with writer, writer.stdout:
            begun_at.append(int(writer.stdout.readline()))
            assert begun_at[-1] >= told  # what was told durable must be there again
            for _ in range(lines):
                told = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            whole_lines = writer.stdout.read().rpartition("\n")[0].splitlines()
        assert writer.returncode == -signal.SIGKILL
        told = int(whole_lines[-1]) if whole_lines else told

    store(output, file, CONTENT * 100)
    assert incompletes(output) == []
    assert all(earlier < later for earlier, later in pairwise(begun_at))
    assert hashlib.sha256((output.root / "a.bin").read_bytes()).hexdigest() == digest


def test_killed_at_any_moment_the_real_name_is_whole_or_absent(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    for pause in (0.0, 0.001, 0.002, 0.003, 0.004, 0.006, 0.01):
        writer = _start_writer(output, file, 150_000)
        assert writer.stdout is not None
        with writer, writer.stdout:
            writer.stdout.readline()
            time.sleep(pause)
            writer.kill()

        assert everything(output.root) in ({}, {"a.bin": CONTENT})
        (output.root / "a.bin").unlink(missing_ok=True)

    store(output, file, CONTENT)
    assert everything(output.root) == {"a.bin": CONTENT}
    assert [path.suffix for path in incompletes(output) if path.suffix != ".tmp"] == []


@pytest.mark.parametrize("syncs", [1, 2, 3])
def test_record_cut_at_every_byte_never_tells_more_than_was_synced(
    output: OutputDirectory, syncs: int
) -> None:
    file = lfs_file("a.bin", CONTENT)
    positions = [0]
    with output.open_incomplete(file, OWNER) as incomplete:
        for _ in range(syncs):
            incomplete.write(PIECE)
            positions.append(incomplete.sync())
    record, content = _record(output), _content(output)
    whole, written = record.read_bytes(), content.read_bytes()
    seen = set()

    for cut in (*range(60), *range(4090, 4160), len(whole)):
        record.write_bytes(whole[:cut])
        content.write_bytes(written)
        with output.open_incomplete(file, OWNER) as again:
            seen.add(again.position)

    assert positions[-1] in seen
    assert seen <= set(positions)


@pytest.mark.parametrize("syncs", [1, 2, 3])
def test_record_damaged_at_every_byte_is_never_believed(
    output: OutputDirectory, syncs: int
) -> None:
    file = lfs_file("a.bin", CONTENT)
    positions = [0]
    with output.open_incomplete(file, OWNER) as incomplete:
        for _ in range(syncs):
            incomplete.write(PIECE)
            positions.append(incomplete.sync())
    record, content = _record(output), _content(output)
    whole, written = record.read_bytes(), content.read_bytes()

    for at in (*range(44), *range(4096, 4140)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        record.write_bytes(damaged)
        content.write_bytes(written)
        with output.open_incomplete(file, OWNER) as again:
            assert again.position in positions


def test_torn_record_falls_back_to_the_position_before(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_incomplete(file, OWNER) as incomplete:
        for _ in range(2):
            incomplete.write(PIECE)
            incomplete.sync()
    torn = bytearray(_record(output).read_bytes())
    torn[20:44] = bytes(24)  # the second position went to the first slot
    _record(output).write_bytes(torn)

    with output.open_incomplete(file, OWNER) as again:
        assert again.position == len(PIECE)


def test_position_beyond_the_bytes_is_not_believed(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(PIECE)
        incomplete.sync()
    os.truncate(_content(output), len(PIECE) - 1)

    with output.open_incomplete(file, OWNER) as again:
        assert again.position == 0
        assert [path.suffix for path in incompletes(output)] == [".incomplete"]


def test_tail_beyond_the_position_never_becomes_part_of_the_file(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(PIECE)
        incomplete.sync()
    with _content(output).open("ab") as tail:
        tail.write(CONTENT)

    store(output, file, CONTENT)

    assert everything(output.root) == {"a.bin": CONTENT}


def test_record_of_another_file_is_not_believed(output: OutputDirectory) -> None:
    file, other = lfs_file("a.bin", CONTENT), lfs_file("b.bin", CONTENT)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(PIECE)
        incomplete.sync()
    stolen_record, stolen_bytes = _record(output), _content(output)
    with output.open_incomplete(other, OWNER) as incomplete:
        incomplete.write(PIECE)
        incomplete.sync()
    mine = next(p for p in incompletes(output) if p.suffix == ".position" and p != stolen_record)
    mine.write_bytes(stolen_record.read_bytes())

    with output.open_incomplete(other, OWNER) as again:
        assert again.position == 0
    assert stolen_bytes.stat().st_size == len(PIECE)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.integers(1, 90_000), st.booleans()), min_size=1, max_size=12))
def test_file_is_whole_after_any_history_of_restarts(
    output: OutputDirectory, steps: list[tuple[int, bool]]
) -> None:
    file = lfs_file("a.bin", CONTENT)
    durable = 0

    for count, synced in steps:
        with output.open_incomplete(file, OWNER) as incomplete:
            assert incomplete.position == durable
            incomplete.write(CONTENT[durable : durable + count])
            if synced:
                durable = incomplete.sync()

    store(output, file, CONTENT)
    assert everything(output.root) == {"a.bin": CONTENT}


def test_finish_interrupted_after_the_rename_is_found_complete(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    store(output, file, CONTENT)
    for record in (output.root / ".cache/huggingface/download").iterdir():
        record.unlink()

    assert output.existing(file, COMMIT)

    assert (output.root / ".cache/huggingface/download/a.bin.metadata").exists()
