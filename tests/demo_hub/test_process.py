import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

PROGRAM = [sys.executable, "-m", "hfdl_tui.demo.hub"]


@pytest.fixture
def process(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.txt").write_text("from disk")
    arguments = ["--folder", f"model:acme/net={tmp_path}", "--gated", "acme/shut"]
    arguments += ["--generated", "acme/made=big.bin:5000000", "--generated", "acme/shut=x:1"]
    arguments += ["--token", "hf_ann=acme/shut", "--client-cap", "slow=1000", "--admin"]
    with subprocess.Popen([*PROGRAM, *arguments], stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture
def ready(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


def test_a_hub_of_its_own_serves_folders_and_made_up_files(
    process: "subprocess.Popen[str]", ready: dict[str, Any], session: requests.Session
) -> None:
    endpoint = ready["endpoint"]

    disk = session.get(f"{endpoint}/acme/net/resolve/main/sub/a.txt", timeout=5)
    made = session.get(f"{endpoint}/datasets/acme/made/resolve/main/big.bin", timeout=5)
    shut = f"{endpoint}/datasets/acme/shut/resolve/main/x"
    opened = session.get(shut, headers={"Authorization": "Bearer hf_ann"}, timeout=5)

    assert disk.text == "from disk"
    assert len(made.content) == 5_000_000
    assert session.get(shut, timeout=5).status_code == 401
    assert opened.ok
    assert ready["pid"] == process.pid
    assert ready["cdn"].startswith("http://127.0.0.2:")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("ready")
def test_it_ends_at_once_when_told_to(
    process: "subprocess.Popen[str]", number: signal.Signals
) -> None:
    process.send_signal(number)

    assert process.wait(5) == 0


def test_it_is_steered_over_http(ready: dict[str, Any], session: requests.Session) -> None:
    steer = ready["endpoint"] + "/_pretend"
    url = ready["endpoint"] + "/acme/net/resolve/main/sub/a.txt"
    fault = {"action": {"kind": "status", "code": 503}, "role": "resolve"}

    number = session.post(f"{steer}/faults", json=fault, timeout=5).json()["id"]
    struck = session.get(url, timeout=5).status_code
    rules = session.get(f"{steer}/faults", timeout=5).json()
    session.delete(f"{steer}/faults/{number}", timeout=5)
    spared = session.get(url, timeout=5).status_code
    records = session.get(f"{steer}/requests", timeout=5).json()

    assert (struck, spared) == (503, 200)
    assert (rules[0]["fired"], rules[0]["action"]["code"]) == (1, 503)
    assert [record["status"] for record in records] == [503, 307, 200]


def test_steering_sets_caps_and_clears_rules(
    ready: dict[str, Any], session: requests.Session
) -> None:
    steer = ready["endpoint"] + "/_pretend"
    made = ready["endpoint"] + "/datasets/acme/made/resolve/main/big.bin"

    session.post(f"{steer}/faults", json={"action": {"kind": "drop"}}, timeout=5)
    session.delete(f"{steer}/faults", timeout=5)
    freed = session.post(f"{steer}/rates", json={"client": "slow", "rate": None}, timeout=5)
    capped = session.post(f"{steer}/rates", json={"rate": 1e9}, timeout=5)
    answer = session.get(made, headers={"X-Pretend-Client": "slow"}, timeout=5)

    assert (freed.status_code, capped.status_code) == (200, 200)
    assert len(answer.content) == 5_000_000


def test_nonsense_is_refused(ready: dict[str, Any], session: requests.Session) -> None:
    steer = ready["endpoint"] + "/_pretend"

    assert session.post(f"{steer}/faults", json={"action": "x"}, timeout=5).status_code == 422
    assert session.get(f"{steer}/nothing", timeout=5).status_code == 404


def test_wrong_options_are_one_line_and_status_two() -> None:
    ended = subprocess.run(
        [*PROGRAM, "--folder", "a/b=/nowhere/at/all"], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    assert "is not a folder" in ended.stderr.splitlines()[-1]


def test_steering_is_off_unless_asked_for(session: requests.Session) -> None:
    from hfdl_tui.demo.hub import PretendHub

    with PretendHub() as hub:
        answer = session.get(f"{hub.endpoint}/_pretend/requests", timeout=5)

    assert answer.status_code == 404


def test_it_needs_no_terminal_library() -> None:
    program = (
        "import sys, hfdl_tui.demo.hub.__main__\n"
        "print({'textual', 'rich', 'click'} & set(sys.modules))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ended.stdout.strip() == "set()"
