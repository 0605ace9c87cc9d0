import pytest
import requests

from hfdl_tui.demo.hub import PretendHub
from tests.real_repos import MANY_SMALL, MIXED, MODEL, RealRepo


@pytest.mark.parametrize(
    ("real", "files", "size", "lfs"),
    [(MODEL, 13, 90_000_000, 1), (MIXED, 48, 25_000_000, 8), (MANY_SMALL, 600, 400_000, 0)],
)
def test_packages_bring_real_files(
    hub: PretendHub, real: RealRepo, files: int, size: int, lfs: int
) -> None:
    repo = real.add_to(hub)

    found = repo.head.files.values()
    assert len(found) >= files
    assert sum(file.size for file in found) > size
    assert sum(file.lfs for file in found) >= lfs
    assert not [file.path for file in found if ".." in file.path or file.path.endswith(".py")]


def test_the_model_is_the_one_that_everybody_knows(hub: PretendHub) -> None:
    repo = MODEL.add_to(hub)

    sha256 = repo.head.files["model.safetensors"].content.sha256()

    assert sha256.startswith("53aa5117")
    assert ".gitattributes" in repo.head.files


def test_many_small_files_fan_out_over_pages(hub: PretendHub, session: requests.Session) -> None:
    hub.options.page_size = 100
    repo = MANY_SMALL.add_to(hub)
    url: str | None = f"{hub.endpoint}/api/datasets/{repo.repo_id}/tree/main?recursive=true"

    listed = []
    while url:
        answer = session.get(url, timeout=5)
        listed += [entry["path"] for entry in answer.json() if entry["type"] == "file"]
        url = answer.links.get("next", {}).get("url")

    assert listed == sorted(repo.head.files)
