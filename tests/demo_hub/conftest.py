from collections.abc import Iterator

import pytest
import requests

from hfdl_tui.demo.hub import GeneratedContent, LfsRule, PretendHub, Repo

SMALL_LFS = LfsRule(threshold=1_000_000)


@pytest.fixture
def hub() -> Iterator[PretendHub]:
    with PretendHub() as hub:
        yield hub


@pytest.fixture
def repo(hub: PretendHub) -> Repo:
    return hub.add_repo(
        "acme/tiny",
        {
            "README.md": b"# tiny\n" * 50,
            "data/big.bin": GeneratedContent(3_000_000, "big"),
            "data/deep/notes.dat": bytes(range(256)),
            "empty.txt": b"",
        },
        lfs=SMALL_LFS,
    )


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Accept-Encoding"] = "identity"
        yield session


@pytest.fixture
def big_url(hub: PretendHub, repo: Repo) -> str:
    return f"{hub.endpoint}/datasets/{repo.repo_id}/resolve/main/data/big.bin"
