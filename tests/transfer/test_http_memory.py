"""Memory: the same however large the file, and small enough for a crowded machine."""

import json
import subprocess
import sys

from hfdl_tui.demo.hub import GeneratedContent, PretendHub
from tests.transfer.asking import source_of

SIZE = 2_000_000_000
MOST_MEGABYTES = 60

PROGRAM = """
import json, re, resource, sys
from pathlib import Path
from hfdl_core.models import ByteRange, RepoFile, RepoType
from hfdl_core.transfer import Cancel, FileSource, HttpDownloader, Route

asked = json.loads(sys.argv[1])
file = RepoFile("huge.bin", asked["size"], "0" * 64)
source = FileSource(asked["endpoint"], RepoType.DATASET, "acme/huge", asked["commit"], file)
received = largest = 0

def sink(piece):
    global received, largest
    received += len(piece)
    largest = max(largest, len(piece))

HttpDownloader(Route("test"), None).fetch(source, ByteRange(0, file.size), sink, Cancel())
# Not ru_maxrss: it begins with what the parent held when it forked.
[kilobytes] = re.findall(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "received": received,
    "largest": largest,
    "megabytes": int(kilobytes) / 1024,
    "cpu_seconds": usage.ru_utime + usage.ru_stime,
}))
"""


def test_two_gigabytes_pass_through_sixty_megabytes() -> None:
    with PretendHub() as hub:
        repo = hub.add_repo("acme/huge", {"huge.bin": GeneratedContent(SIZE)})
        source = source_of(hub, repo, "huge.bin")
        asked = {"endpoint": hub.endpoint, "commit": source.commit, "size": SIZE}

        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, json.dumps(asked)],
            capture_output=True,
            check=True,
            timeout=120,
        )

    told = json.loads(ran.stdout)
    assert told["received"] == SIZE
    assert told["largest"] <= 1 << 20
    assert told["megabytes"] < MOST_MEGABYTES
    # Hashing elsewhere takes most of the 3 CPU-seconds a gigabyte that a worker may cost.
    assert told["cpu_seconds"] < 2 * SIZE / 1e9
