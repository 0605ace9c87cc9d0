"""Where files may go on this machine, and which jobs are left alone for a while."""

from pathlib import Path

import pytest

from hfdl_core.errors import OutputRefused
from hfdl_core.models import Delivery, JobId, LimitedBy
from hfdl_core.storage import OutputDirectory
from hfdl_core.worker.admission import Admission
from hfdl_core.worker.options import WorkerOptions
from tests.fleet_parts import MovableClock
from tests.queue.bench import make_spec


def _admission(base: Path, *allowed: Path) -> Admission:
    options = WorkerOptions("w", base / "out", "http://127.0.0.1:1", allow_paths=allowed)
    return Admission(options, "this-machine", MovableClock())


@pytest.mark.parametrize(
    ("destination", "allow", "machine", "fits"),
    [
        ("things", None, "other", True),
        (".", None, "other", True),
        ("../beside", None, "this-machine", False),
        ("link/x", None, "other", False),
        ("{base}/out/deep", None, "other", True),
        ("{base}/elsewhere", None, "other", False),
        ("{base}/elsewhere", "elsewhere", "other", True),
        ("{base}/elsewhere/deep", "elsewhere", "other", True),
        ("{base}/elsewhere2", "elsewhere", "other", False),
        ("{base}/elsewhere", None, "this-machine", True),
        ("nul\0byte", None, "other", False),
        ("loop/x", None, "other", False),
    ],
)
def test_destinations(
    tmp_path: Path, destination: str, allow: str | None, machine: str, *, fits: bool
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "out/loop").symlink_to("loop")
    admission = _admission(tmp_path, *([tmp_path / allow] if allow else []))
    wanted = make_spec().model_copy(
        update={"destination": destination.format(base=tmp_path), "machine": machine}
    )

    if not fits:
        with pytest.raises(OutputRefused):
            admission.admit(wanted)
        return
    assert admission.admit(wanted).root.is_dir()


def test_a_shared_job_is_taken_only_where_its_probe_is_seen(tmp_path: Path) -> None:
    shared = make_spec(delivery=Delivery.SHARED).model_copy(
        update={"destination": str(tmp_path / "out/deep"), "machine": "other"}
    )
    admission = _admission(tmp_path)

    with pytest.raises(OutputRefused, match="mount it here"):
        admission.admit(shared)
    assert not (tmp_path / "out").exists()
    there = OutputDirectory(tmp_path / "out/deep")
    there.prepare()
    there.leave_probe(shared.job_id, "other")

    assert admission.admit(shared).root == tmp_path / "out/deep"


def test_stepping_aside_is_news_once_and_ends_after_a_minute(tmp_path: Path) -> None:
    clock = MovableClock()
    options = WorkerOptions("w", tmp_path, "http://127.0.0.1:1")
    admission = Admission(options, "m", clock)
    job = JobId("job")

    first = admission.step_aside(job, "no access", LimitedBy.ACCESS)
    clock.forward(61)
    is_over = admission.aside(job) is None
    second = admission.step_aside(job, "no access", LimitedBy.ACCESS)
    third = admission.step_aside(job, "disk full", LimitedBy.DISK)

    assert (first, is_over, second, third) == (True, True, False, True)
    assert [aside.limited_by for aside in admission.reasons()] == [LimitedBy.DISK]
    admission.keep_only(set())
    assert admission.reasons() == []
