"""The official client takes the pretend Hub for the Hub."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hfdl_tui.demo.hub import (
    Access,
    Close,
    Corrupt,
    Fault,
    GeneratedContent,
    PretendHub,
    Repo,
    Role,
    Status,
)

HF = str(Path(sys.executable).with_name("hf"))


class Client:
    """Runs the official client as a user would: in a process of its own, with its own home."""

    def __init__(self, hub: PretendHub, home: Path) -> None:
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HF_ENDPOINT": hub.endpoint,
            "HF_HOME": str(home / "hf"),
            "HOME": str(home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        }

    def hf(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self._run([HF, *arguments])

    def python(self, expression: str) -> Any:
        """Evaluate with everything of huggingface_hub; an error's class name if it raises."""
        program = (
            "import json\nfrom huggingface_hub import *\n"
            f"try:\n    told = {expression}\n"
            "except Exception as error:\n    told = type(error).__name__\n"
            "print(json.dumps(told))"
        )
        ended = self._run([sys.executable, "-c", program])
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])

    def _run(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )


@pytest.fixture
def client(hub: PretendHub, tmp_path: Path) -> Client:
    return Client(hub, tmp_path)


def assert_same(folder: Path, repo: Repo) -> None:
    got = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".cache" not in path.parts
    }
    assert got == {path: file.content.read(0, file.size) for path, file in repo.head.files.items()}


def test_a_snapshot_arrives_whole_and_verifies(
    hub: PretendHub, client: Client, tmp_path: Path
) -> None:
    hub.options.page_size = 3
    files = {f"data/é {at} [x]#%.txt": b"text %d" % at for at in range(6)}
    repo = hub.add_repo(
        "acme/mixed", {**files, "big.bin": GeneratedContent(30_000_000), "empty": b""}, xet=True
    )

    got = client.hf("download", "acme/mixed", "--repo-type=dataset", "--local-dir", f"{tmp_path}/d")
    verified = client.hf(
        "cache", "verify", "acme/mixed", "--repo-type=dataset", "--local-dir", f"{tmp_path}/d"
    )

    assert got.returncode == 0, got.stderr
    assert_same(tmp_path / "d", repo)
    assert verified.returncode == 0, verified.stderr
    assert "8 file(s)" in verified.stdout + verified.stderr


def test_the_cache_layout_fills_from_models_and_spaces(hub: PretendHub, client: Client) -> None:
    model = hub.add_repo("gpt2", {"config.json": b"{}" * 400, "model.safetensors": b"x"}, "model")
    space = hub.add_repo("acme/app", {"app.py": b"print()"}, "space")

    folders = client.python(
        "[snapshot_download('gpt2'), snapshot_download('acme/app', repo_type='space')]"
    )

    assert_same(Path(folders[0]), model)
    assert_same(Path(folders[1]), space)


def test_single_files_come_from_any_revision(hub: PretendHub, client: Client) -> None:
    repo = hub.add_repo("acme/net", {"a/b.txt": b"old"}, "model")
    repo.tags["v1"] = repo.head.sha
    repo.commit({"a/b.txt": b"new"}, branch="refs/pr/1")

    texts = client.python(
        "[open(hf_hub_download('acme/net', 'a/b.txt', revision=r)).read()"
        " for r in ('v1', 'refs/pr/1', None)]"
    )

    assert texts == ["old", "new", "old"]


def test_listings_refs_and_paths_are_understood(hub: PretendHub, client: Client) -> None:
    hub.options.page_size = 2
    files = {f"d/{at}": b"x" for at in range(5)}
    repo = hub.add_repo("acme/many", {**files, "big.bin": b"lfs"}, xet=True)
    call = "'acme/many', repo_type='dataset'"

    tree, paths, refs, sizes = client.python(
        f"(lambda api: [[e.path for e in api.list_repo_tree({call}, recursive=True)],"
        f" [e.path for e in api.get_paths_info('acme/many', ['d', 'big.bin'],"
        f"  repo_type='dataset', expand=True)],"
        f" [b.target_commit for b in api.list_repo_refs({call}).branches],"
        f" [s.size for s in api.repo_info({call}, files_metadata=True).siblings]])(HfApi())"
    )

    assert tree == ["big.bin", "d", "d/0", "d/1", "d/2", "d/3", "d/4"]
    assert paths == ["d", "big.bin"]
    assert refs == [repo.head.sha]
    assert sizes == [3, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("access", "token", "error"),
    [
        (Access.GATED, None, "GatedRepoError"),
        (Access.GATED, "hf_bob", "GatedRepoError"),
        (Access.PRIVATE, "hf_bob", "RepositoryNotFoundError"),
        (None, "hf_bob", "RepositoryNotFoundError"),
        # Over plain HTTP the client does not tell a hidden repo from a bad login.
        (Access.PRIVATE, None, "HfHubHTTPError"),
        (Access.PUBLIC, "hf_unknown", "HfHubHTTPError"),
        (Access.DISABLED, None, "DisabledRepoError"),
        (Access.PRIVATE, "hf_ann", "ok"),
        (Access.GATED, "hf_ann", "ok"),
    ],
)
def test_errors_are_told_apart(
    hub: PretendHub, client: Client, access: Access | None, token: str | None, error: str
) -> None:
    hub.add_token("hf_ann", repos=["acme/shut"])
    hub.add_token("hf_bob")
    if access:
        hub.add_repo("acme/shut", {"a": b"x"}, "model", access=access)
    checked = access in {Access.GATED, Access.PRIVATE}
    call = "auth_check('acme/shut'" if checked else "repo_info('acme/shut'"

    told = client.python(f"HfApi().{call}, token={token!r}) and 'ok' or 'ok'")
    file = client.python(f"hf_hub_download('acme/shut', 'a', token={token!r}) and 'ok'")

    assert told == error
    assert file in {error, "LocalEntryNotFoundError"}


def test_missing_files_and_revisions_are_told_apart(hub: PretendHub, client: Client) -> None:
    hub.add_repo("acme/net", {"a": b"x"}, "model")

    assert client.python("hf_hub_download('acme/net', 'b')") == "RemoteEntryNotFoundError"
    assert (
        client.python("hf_hub_download('acme/net', 'a', revision='v9')") == "RevisionNotFoundError"
    )


def test_a_token_opens_a_gated_repo_and_never_reaches_the_cdn(
    hub: PretendHub, client: Client, tmp_path: Path
) -> None:
    hub.add_token("hf_ann", repos=["acme/shut"])
    repo = hub.add_repo("acme/shut", {"a.bin": b"x" * 1000}, access=Access.GATED)
    client.environment["HF_TOKEN"] = "hf_ann"

    got = client.hf("download", "acme/shut", "--repo-type=dataset", "--local-dir", f"{tmp_path}/d")

    assert got.returncode == 0, got.stderr
    assert_same(tmp_path / "d", repo)
    cdn = hub.requests.select(role=Role.CDN)
    assert [record.had_authorization for record in cdn] == [False]
    assert all(record.had_authorization for record in hub.requests.select(role=Role.RESOLVE))


def test_it_goes_on_after_an_early_close_and_swallows_corruption(
    hub: PretendHub, client: Client, tmp_path: Path
) -> None:
    hub.add_repo("acme/net", {"a.bin": GeneratedContent(30_000_000)}, "model")
    hub.faults.add(Fault(Close(25_000_000), role=Role.CDN, times=1))
    hub.faults.add(Fault(Corrupt(offset=29_000_000), role=Role.CDN))

    got = client.hf("download", "acme/net", "--local-dir", f"{tmp_path}/d")
    verified = client.hf("cache", "verify", "acme/net", "--local-dir", f"{tmp_path}/d")

    assert got.returncode == 0, got.stderr
    ranges = [record.range for record in hub.requests.select(role=Role.CDN)]
    assert ranges[0] is None
    assert ranges[1].startswith("bytes=2") if ranges[1] else False
    assert verified.returncode == 1


def test_one_busy_answer_makes_it_give_up(hub: PretendHub, client: Client, tmp_path: Path) -> None:
    hub.add_repo("acme/net", {"a.bin": b"x" * 1000}, "model")
    hub.faults.add(Fault(Status(503), role=Role.CDN, times=1))

    got = client.hf("download", "acme/net", "--local-dir", f"{tmp_path}/d")

    assert got.returncode == 1


def test_it_waits_as_long_as_the_rate_limit_says(hub: PretendHub, client: Client) -> None:
    hub.add_repo("acme/net", {"a": b"x"}, "model")
    headers = {"RateLimit": '"api";r=0;t=1', "RateLimit-Policy": '"fixed window";"api";q=5;w=300'}
    hub.faults.add(Fault(Status(429, headers), path="*/tree/*", times=1))

    paths = client.python("[e.path for e in HfApi().list_repo_tree('acme/net')]")

    first, second = (r.time for r in hub.requests.select(lambda record: "/tree/" in record.path))
    assert paths == ["a"]
    assert second - first >= 2
    assert second <= time.time()


def test_a_renamed_repo_is_followed(hub: PretendHub, client: Client) -> None:
    repo = hub.add_repo("bert", {"config.json": b"{}" * 9, "a.bin": b"x"}, "model")
    hub.rename_repo("bert", "google/bert", "model")

    folder = client.python("snapshot_download('bert')")

    assert_same(Path(folder), repo)
