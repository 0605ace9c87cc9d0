"""The processes of a demo: started as anybody would start them, each with a log of its own."""

import json
import subprocess
import sys
import time
from typing import Final

from hfdl_core.errors import HfdlError
from hfdl_core.models import JobId
from hfdl_tui.demo.place import Place
from hfdl_tui.demo.repo import REPO_ID, REPO_TYPE, made_up_files, write_small_files

_START_SECONDS: Final = 60.0  # a machine that does other things, too
_LOOK_SECONDS: Final = 0.02
_HUB: Final = "hub"
_MASTER: Final = "master"
_JOB_LINE: Final = "Job ID: "


class Troupe:
    """Nothing here ends what it starts but `kill`: the place does, when the demo is over."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start_hub(self) -> None:
        write_small_files(self._place.repo)
        repo = f"{REPO_TYPE}:{REPO_ID}"
        files = [f"--generated={repo}={path}:{size}" for path, size in made_up_files().items()]
        self._start(
            _HUB, "hfdl_tui.demo.hub", "--admin", f"--folder={repo}={self._place.repo}", *files
        )

    def hub_endpoint(self) -> str:
        """Waits until the pretend Hub answers."""
        ready = json.loads(self._wait_for_line(_HUB, "{"))
        return str(ready["endpoint"])

    def start_master(self) -> None:
        """It makes the job, and stays to collect what the workers bring."""
        where = ("--deliver", "gather", "-o", str(self._place.destination))
        self._hfdl(_MASTER, "master", REPO_ID, "--repo-type", REPO_TYPE, *where)

    def job_id(self) -> JobId:
        """Waits until the job is planned."""
        return JobId(self._wait_for_line(_MASTER, _JOB_LINE).removeprefix(_JOB_LINE))

    def start_worker(self, name: str, bytes_per_second: int) -> None:
        cap = ("--limit-rate", str(bytes_per_second))
        self._hfdl(name, "--headless-worker", "--worker-id", name, *cap)

    def kill(self, name: str) -> None:
        """`kill -9`: it has no time for a last word."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def check(self) -> None:
        """HfdlError when the pretend Hub has ended, without which nothing goes on."""
        if self._running[_HUB].poll() is not None:
            raise self._ended(_HUB)

    def _hfdl(self, name: str, *arguments: str) -> None:
        self._start(name, "hfdl_tui", *arguments)

    def _start(self, name: str, module: str, *arguments: str) -> None:
        with self._place.log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                # -P: a folder hfdl_tui in the working directory must not be run instead.
                [sys.executable, "-P", "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the demo, which ends them all
            )

    def _wait_for_line(self, name: str, beginning: str) -> str:
        give_up_at = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up_at:
            has_ended = self._running[name].poll() is not None
            whole_lines = self._printed(name).rpartition("\n")[0].splitlines()
            for line in whole_lines:
                if line.startswith(beginning):
                    return line
            if has_ended:
                break
            time.sleep(_LOOK_SECONDS)
        raise self._ended(name)

    def _printed(self, name: str) -> str:
        return self._place.log(name).read_text(encoding="utf-8", errors="replace")

    def _ended(self, name: str) -> HfdlError:
        [last] = self._printed(name).splitlines()[-1:] or ["it says nothing"]
        return HfdlError(f"the demo's {name} does not do its part: {last}")
