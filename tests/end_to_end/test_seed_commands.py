"""The commands that people know, word for word, and what bad ones answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import PretendHub
from tests.end_to_end.fleet import Fleet, tree_bytes
from tests.redis_servers import valkey_server

pytestmark = pytest.mark.end_to_end

PROGRAM = Path(sys.executable).parent / "hf-downloader"


def _run(fleet: Fleet, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *words],
        env=fleet.environment("master", **extra),
        cwd=fleet.machine("master"),
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_the_seed_commands_work_word_for_word(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("microsoft/DialoGPT-medium", {"config.json": b"{}"}, "model")

    made = _run(fleet, "master", "microsoft/DialoGPT-medium")
    elsewhere = _run(fleet, "master", "microsoft/DialoGPT-medium", "--output-dir", "./my-downloads")
    plain = fleet.start("worker")
    named = fleet.start("worker", "--worker-id", "worker-01")
    job = made.stdout.splitlines()[0].removeprefix("Job ID: ")
    fleet.wait_for_status(job, "completed")
    watched = _run(fleet, "status", job, "--watch")
    answers = [
        _run(fleet, *words) for words in (["status"], ["status", job], ["queue"], ["workers"])
    ]

    assert made.returncode == 0, made.stderr
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert watched.returncode == 0, watched.stderr
    assert [answer.returncode for answer in answers] == [0, 0, 0, 0]
    assert "worker-01" in answers[3].stdout
    for worker in (plain, named):
        worker.process.terminate()
        assert worker.wait(20) == 0


def test_redis_options_stand_before_the_verb(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/dataset-name", {"a": b"1"})
    assert fleet.redis_url is not None
    port = fleet.redis_url.rpartition(":")[2].partition("/")[0]
    fleet.redis_url = None

    made = _run(
        fleet,
        *("--redis-host", "127.0.0.1", "--redis-port", port),
        *("master", "acme/dataset-name"),
    )
    debugging = fleet.start(
        *("--log-level", "DEBUG", "worker", "--exit-when-idle", "1"),
        machine="master",
        HFDL_REDIS_HOST="127.0.0.1",
        HFDL_REDIS_PORT=port,
    )

    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("Job ID: ")
    assert debugging.wait(30) == 0
    assert "DEBUG" in debugging.output


def test_headless_worker_needs_no_screen_and_imports_none(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    fleet.master("acme/tiny")

    finished = subprocess.run(
        [
            *(sys.executable, "-X", "importtime", "-m", "hfdl_tui"),
            *("--headless-worker", "--exit-when-idle", "1"),
        ],
        env=fleet.environment("headless"),
        cwd=fleet.machine("headless"),
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr[-2000:]
    assert tree_bytes(fleet.machine("headless") / "tiny") == {"a": b"1"}
    imported = {line.rpartition("|")[2].strip() for line in finished.stderr.splitlines()}
    assert not {name for name in imported if name.split(".")[0] == "textual"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["get", "acme/nowhere"], 3, "acme/nowhere"),
        (["get", "not a repo"], 2, "not a repo"),
        (["status", "zzz"], 2, "zzz"),
        (["requeue", "zzz"], 2, "zzz"),
        (["drain", "nobody"], 2, "nobody"),
        (["master", "acme/tiny", "--max-attempts", "-1"], 2, "-1"),
        (["worker", "--connections", "-3"], 2, "-3"),
        (["worker", "--exit-when-idle", "-3"], 2, "-3"),
        (["get", "acme/tiny", "--include", ""], 2, "glob"),
        (["get", "acme/tiny", "--revision", "gone"], 3, "gone"),
        (["frobnicate"], 2, "frobnicate"),
        (["collect", "abc"], 2, "no job begins with 'abc'"),
        (["demo"], 2, "demo"),
        (["limit", "1XB"], 2, "limit"),
        (["get", "acme/tiny", "--listen", "a b"], 2, "--listen"),
        (["get", "acme/tiny", "--collector-port", "99999"], 2, "--collector-port"),
        (["get", "acme/tiny", "--collector-url", "ftp://x"], 2, "--collector-url"),
        (["get", "acme/tiny", "--layout", "cache"], 2, "cache"),
        ([], 2, "dashboard"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_usage_gets_one_line_and_the_right_code(
    fleet: Fleet, hub: PretendHub, words: list[str], code: int, says: str
) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})

    finished = fleet.run(*words)

    complaints = [line for line in finished.stderr.splitlines() if line.startswith("hfdl: ")]
    assert finished.returncode == code, finished.stderr
    assert len(complaints) == 1, finished.stderr
    assert says in complaints[0]
    assert "Traceback" not in finished.stderr


def test_an_unreachable_redis_is_said_at_once(alone: Fleet) -> None:
    finished = alone.run("status", HFDL_REDIS_URL="redis://127.0.0.1:1/0")

    assert finished.returncode == 3
    assert "127.0.0.1:1" in finished.stderr.splitlines()[-1]


def test_a_wrong_password_is_said_and_not_shown(alone: Fleet, tmp_path: Path) -> None:
    with valkey_server(tmp_path / "guarded", "--requirepass", "right") as guarded:
        address = f"redis://:wr0ngpass@127.0.0.1:{guarded.port}/0"

        finished = alone.run("status", HFDL_REDIS_URL=address)

    assert finished.returncode == 3
    assert "password" in finished.stderr.splitlines()[-1]
    assert "wr0ngpass" not in finished.stderr + finished.stdout


def test_an_output_that_cannot_be_written_is_refused(alone: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    in_the_way = alone.machine("master") / "file"
    in_the_way.write_text("a file")

    finished = alone.run("get", "acme/tiny", "-o", "file/below")

    assert finished.returncode == 2, finished.stderr
    assert "file" in finished.stderr.splitlines()[-1]


def test_workers_that_share_a_directory_share_a_job(fleet: Fleet, hub: PretendHub) -> None:
    files = {f"{number:02}.bin": bytes([number]) * 400_000 for number in range(30)}
    hub.add_repo("acme/shared", files)
    hub.bandwidth.limit_client("127.0.0.1", 6_000_000)
    place = fleet.base / "nas" / "shared"
    job = fleet.master("acme/shared", "--deliver", "shared", "-o", str(place))

    fleet.worker("one", "--allow-path", str(fleet.base / "nas"))
    fleet.worker("two", "--allow-path", str(fleet.base / "nas"))

    fleet.wait_for_status(job, "completed")
    assert tree_bytes(place) == files
    done = {
        worker["worker_id"]: worker["files_completed"]
        for worker in json.loads(fleet.run("workers", "--json").stdout)
    }
    assert done["one"] > 0
    assert done["two"] > 0
