"""A finished job's files are hashed once more, by a process of their own."""

import pytest

from hfdl_tui.demo.hub import PretendHub
from tests.end_to_end.fleet import Fleet
from tests.operations.parts import order

pytestmark = pytest.mark.end_to_end


def test_verify_tells_what_is_right_and_what_is_not(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/data", {"a.txt": b"a", "b.bin": b"b" * 100_000})
    got = fleet.run("get", "acme/data", "-o", "out")
    assert got.returncode == 0, got.stderr
    job = got.stderr.partition("job ")[2].split()[0]
    place = fleet.machine("master") / "out"

    right = order(fleet, "verify", job)
    elsewhere = order(fleet, "verify", job, machine="elsewhere")
    (place / "a.txt").write_bytes(b"x")
    (place / "b.bin").unlink()
    wrong = order(fleet, "verify", job)

    assert right.text == "2 files verified, all right"
    assert right.told[-1] == f"verifying {place} on this machine"
    assert elsewhere.outcome["error"] == "DestinationRefused"
    assert f"{place} on " in elsewhere.text
    assert wrong.outcome["error"] == "VerificationError"
    assert wrong.text.startswith(f"{place}: 0 files right, 1 missing, 1 wrong; ")


def test_files_that_workers_keep_are_verified_where_they_are(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/data", {"a.txt": b"a"})
    job = fleet.master("acme/data", "-o", "kept")

    answer = order(fleet, "verify", job)

    assert answer.outcome["error"] == "DestinationRefused"
    assert answer.text.endswith("are with its workers and not here: run there: hfdl verify kept")
