"""huggingface_hub takes a directory of ours for its own: nothing is fetched again, all verifies."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import bokeh_sampledata
import pytest

from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory, VerifyReport, verify_directory
from hfdl_tui.demo.hub import Commit, PretendHub, Repo, Role
from tests.storage.samples import OWNER, everything

REPO = "acme/samples"
CONTENT_ROLES = (Role.RESOLVE, Role.RESOLVE_CACHE, Role.CDN)
DATA = Path(bokeh_sampledata.__file__).parent / "_data"
ODD_NAMES = {
    "leer": b"",
    "Übermaß/naïve file (1).txt": "größer".encode(),
    "con.metadata/aux.txt": b"names that only Windows reserves",
    ".gitattributes": b"*.gz filter=lfs\n",
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[PretendHub, Repo]]:
    with PretendHub() as running:
        small = {
            path.relative_to(DATA).as_posix(): path
            for path in DATA.rglob("*")
            if path.is_file() and path.stat().st_size < 2_000_000
        }
        yield running, running.add_repo(REPO, {**small, **ODD_NAMES})


@pytest.fixture
def hub(served: tuple[PretendHub, Repo]) -> PretendHub:
    served[0].requests.clear()
    return served[0]


@pytest.fixture
def repo(served: tuple[PretendHub, Repo]) -> Repo:
    return served[1]


def _listed(commit: Commit) -> list[RepoFile]:
    return [RepoFile(file.path, file.size, file.etag) for file in commit.files.values()]


def _bring_all(output: OutputDirectory, commit: Commit) -> None:
    output.prepare()
    for file in _listed(commit):
        with output.open_incomplete(file, OWNER) as incomplete:
            for piece in commit.files[file.path].content.pieces(0, file.size):
                incomplete.write(piece)
            incomplete.finish(commit.sha)
    output.write_tree(commit.sha, _listed(commit))


def _run(endpoint: str, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    }
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def _hf(endpoint: str, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return _run(endpoint, home, str(Path(sys.executable).with_name("hf")), *words)


def _content_requests(hub: PretendHub) -> list[str]:
    return [record.path for record in hub.requests.select(lambda r: r.role in CONTENT_ROLES)]


def test_hf_download_fetches_nothing_again(hub: PretendHub, repo: Repo, tmp_path: Path) -> None:
    output = OutputDirectory(tmp_path / "out")
    _bring_all(output, repo.head)
    before = everything(output.root)
    words = ("download", REPO, "--repo-type", "dataset", "--local-dir", str(output.root))

    done = _hf(hub.endpoint, tmp_path / "home", *words)

    assert done.returncode == 0, done.stderr
    assert _content_requests(hub) == []
    assert everything(output.root) == before


def test_hf_download_fetches_nothing_of_what_was_found_on_disk(
    hub: PretendHub, repo: Repo, tmp_path: Path
) -> None:
    output = OutputDirectory(tmp_path / "out")
    for file in repo.head.files.values():
        (output.root / file.path).parent.mkdir(parents=True, exist_ok=True)
        (output.root / file.path).write_bytes(file.content.read(0, file.size))
    output.prepare()
    words = ("download", REPO, "--repo-type", "dataset", "--local-dir", str(output.root))

    kept = [output.existing(file, repo.head.sha) for file in _listed(repo.head)]
    done = _hf(hub.endpoint, tmp_path / "home", *words)

    assert all(kept)
    assert done.returncode == 0, done.stderr
    assert _content_requests(hub) == []


def test_hf_cache_verify_passes_and_finds_a_flipped_bit(
    hub: PretendHub, repo: Repo, tmp_path: Path
) -> None:
    output = OutputDirectory(tmp_path / "out")
    _bring_all(output, repo.head)
    strict = ("--fail-on-missing-files", "--fail-on-extra-files", "--local-dir", str(output.root))
    words = ("cache", "verify", REPO, "--repo-type", "dataset", *strict)

    clean = _hf(hub.endpoint, tmp_path / "home", *words)
    target = output.root / "iris.csv"
    target.write_bytes(b"?" + target.read_bytes()[1:])
    flipped = _hf(hub.endpoint, tmp_path / "home", *words)

    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert f"Verified {len(repo.head.files)} file(s)" in clean.stdout + clean.stderr
    assert flipped.returncode == 1


OFFLINE = """
import sys
from huggingface_hub import snapshot_download
from huggingface_hub.errors import IncompleteSnapshotError
root, commit = sys.argv[1:]
try:
    print(snapshot_download("acme/samples", repo_type="dataset", local_dir=root,
                            revision=commit, local_files_only=True))
except IncompleteSnapshotError as error:
    print("incomplete:", error)
"""


def test_snapshot_download_accepts_it_offline_and_misses_a_missing_file(
    repo: Repo, tmp_path: Path
) -> None:
    output = OutputDirectory(tmp_path / "out")
    _bring_all(output, repo.head)
    command = (sys.executable, "-c", OFFLINE, str(output.root), repo.head.sha)

    whole = _run("http://127.0.0.1:9", tmp_path / "home", *command)
    (output.root / "iris.csv").unlink()
    partial = _run("http://127.0.0.1:9", tmp_path / "home", *command)

    assert whole.stdout.strip() == str(output.root), whole.stderr
    assert "incomplete:" in partial.stdout
    assert "iris.csv" in partial.stdout


def test_kept_listing_is_the_hubs_own(repo: Repo, tmp_path: Path) -> None:
    output = OutputDirectory(tmp_path / "out")
    output.prepare()

    output.write_tree(repo.head.sha, _listed(repo.head))

    kept = json.loads((output.root / f".cache/huggingface/trees/{repo.head.sha}.json").read_text())
    assert kept["format_version"] == 1
    assert {path: entry["blob_id"] for path, entry in kept["files"].items()} == {
        path: file.oid for path, file in repo.head.files.items()
    }
    assert any("lfs_sha256" in entry for entry in kept["files"].values())


def test_directory_that_hf_download_made_is_verified_and_kept(
    hub: PretendHub, repo: Repo, tmp_path: Path
) -> None:
    root = tmp_path / "out"
    words = ("download", REPO, "--repo-type", "dataset", "--local-dir", str(root))
    made = _hf(hub.endpoint, tmp_path / "home", *words)
    assert made.returncode == 0, made.stderr

    report = verify_directory(root)
    for listing in (root / ".cache/huggingface/trees").iterdir():
        listing.unlink()
    by_records = verify_directory(root)

    assert report == VerifyReport(len(repo.head.files), (), ())
    assert by_records == report
