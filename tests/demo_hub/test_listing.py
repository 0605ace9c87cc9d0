import re
from typing import Any

import pytest
import requests

from hfdl_tui.demo.hub import Paging, PretendHub, Repo, Role


def tree_url(hub: PretendHub, revision: str = "main", path: str = "") -> str:
    tail = f"/{path}" if path else ""
    return f"{hub.endpoint}/api/datasets/acme/tiny/tree/{revision}{tail}"


def all_pages(session: requests.Session, url: str) -> list[list[Any]]:
    pages = []
    next_url: str | None = url
    while next_url:
        answer = session.get(next_url, timeout=5)
        pages.append(answer.json())
        next_url = answer.links.get("next", {}).get("url")
    return pages


def test_a_recursive_tree_lists_files_and_directories(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    (entries,) = all_pages(session, tree_url(hub) + "?recursive=true&expand=false")

    assert [(entry["type"], entry["path"]) for entry in entries] == [
        ("file", "README.md"),
        ("directory", "data"),
        ("file", "data/big.bin"),
        ("directory", "data/deep"),
        ("file", "data/deep/notes.dat"),
        ("file", "empty.txt"),
    ]
    big = repo.head.files["data/big.bin"]
    assert entries[2] == {
        "type": "file",
        "path": "data/big.bin",
        "oid": big.oid,
        "size": 3_000_000,
        "lfs": {"oid": big.content.sha256(), "size": 3_000_000, "pointerSize": 132},
    }


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize("path", ["data", "data%2Fdeep", "data/deep"])
def test_a_tree_without_recursion_lists_one_folder(
    hub: PretendHub, session: requests.Session, path: str
) -> None:
    (entries,) = all_pages(session, tree_url(hub, path=path))

    found = [entry["path"] for entry in entries]
    assert found == (["data/big.bin", "data/deep"] if path == "data" else ["data/deep/notes.dat"])


@pytest.mark.usefixtures("repo")
def test_pages_are_chained_by_links_that_hold_all_parameters(
    hub: PretendHub, session: requests.Session
) -> None:
    hub.options.page_size = 4

    pages = all_pages(session, tree_url(hub) + "?recursive=true")

    assert [len(page) for page in pages] == [4, 2]


@pytest.mark.usefixtures("repo")
def test_the_limit_parameter_sets_the_page_size_up_to_the_hubs_own(
    hub: PretendHub, session: requests.Session
) -> None:
    hub.add_repo("acme/wide", {f"{at:04}": b"" for at in range(1200)})
    wide = f"{hub.endpoint}/api/datasets/acme/wide/tree/main"

    assert [len(page) for page in all_pages(session, f"{wide}?limit=500")] == [500, 500, 200]
    assert len(all_pages(session, f"{wide}?limit=5000")[0]) == 1000
    assert len(session.get(f"{wide}?expand=true&limit=5000", timeout=5).json()) == 100
    assert len(session.get(f"{wide}?expand=True", timeout=5).json()) == 50
    assert session.get(f"{wide}?limit=some", timeout=5).status_code == 400


@pytest.mark.usefixtures("repo")
def test_a_mirrors_next_link_names_the_upstream_host(
    hub: PretendHub, session: requests.Session
) -> None:
    hub.options.page_size = 1
    hub.options.link_base = "https://upstream.example"

    link = session.get(tree_url(hub), timeout=5).links["next"]["url"]

    assert link.startswith("https://upstream.example/api/datasets/acme/tiny/tree/main?")


@pytest.mark.usefixtures("repo")
def test_an_endless_listing_leads_to_the_same_page_again(
    hub: PretendHub, session: requests.Session
) -> None:
    hub.options.paging = Paging.ENDLESS

    first = session.get(tree_url(hub), timeout=5)
    second = session.get(first.links["next"]["url"], timeout=5)

    assert second.json() == first.json()
    assert second.links["next"]["url"] == first.links["next"]["url"]


def test_expanded_entries_tell_their_last_commit(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    entry = session.get(tree_url(hub) + "?expand=true", timeout=5).json()[0]

    assert entry["lastCommit"]["id"] == repo.head.sha
    assert entry["securityFileStatus"]["status"] == "unscanned"


def test_repos_with_xet_tell_its_hash(hub: PretendHub, session: requests.Session) -> None:
    hub.add_repo("acme/tiny", {"a.bin": b"x"}, xet=True)

    entry = session.get(tree_url(hub), timeout=5).json()[0]
    head = session.head(f"{hub.endpoint}/datasets/acme/tiny/resolve/main/a.bin", timeout=5)

    assert re.fullmatch(r"[0-9a-f]{64}", entry["xetHash"])
    assert head.headers["X-Xet-Hash"] == entry["xetHash"] != entry["lfs"]["oid"]
    assert head.links["xet-auth"]["url"].endswith(head.headers["X-Repo-Commit"])


@pytest.mark.usefixtures("repo")
def test_paths_info_answers_the_paths_there_are(hub: PretendHub, session: requests.Session) -> None:
    url = f"{hub.endpoint}/api/datasets/acme/tiny/paths-info/main"
    asked = ["data", "README.md", "nowhere"]

    form = session.post(url, data={"paths": asked, "expand": "false"}, timeout=5)
    typed = session.post(url, json={"paths": asked}, timeout=5)

    assert [entry["path"] for entry in form.json()] == ["data", "README.md"]
    assert typed.json() == form.json()


@pytest.mark.usefixtures("repo")
def test_paths_info_refuses_more_than_a_thousand_paths(
    hub: PretendHub, session: requests.Session
) -> None:
    url = f"{hub.endpoint}/api/datasets/acme/tiny/paths-info/main"

    answer = session.post(url, data={"paths": [str(at) for at in range(1001)]}, timeout=5)

    assert answer.status_code == 413
    assert session.post(url, json={"paths": 7}, timeout=5).status_code == 400


def test_repo_answers_tell_blobs_only_when_asked(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    url = f"{hub.endpoint}/api/datasets/acme/tiny"

    plain = session.get(f"{url}/revision/main?expand=sha", timeout=5).json()
    blobs = session.get(f"{url}?blobs=true", timeout=5).json()

    assert plain["sha"] == blobs["sha"] == repo.head.sha
    assert plain["siblings"][1] == {"rfilename": "data/big.bin"}
    assert blobs["siblings"][1]["lfs"]["sha256"] == repo.head.files["data/big.bin"].etag
    assert blobs["siblings"][0]["blobId"] == repo.head.files["README.md"].oid


def test_siblings_of_large_repos_are_cut_off(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    hub.options.siblings_limit = 2

    answer = session.get(f"{hub.endpoint}/api/datasets/{repo.repo_id}", timeout=5).json()

    assert len(answer["siblings"]) == 2


def test_every_commit_branch_and_tag_stays_served(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    old = repo.head.sha
    repo.tags["v1"] = old
    pull = repo.commit({"proposed": b""}, branch="refs/pr/1")
    new = repo.commit({"README.md": b"new"})

    def names(revision: str) -> list[str]:
        return [e["path"] for e in session.get(tree_url(hub, revision), timeout=5).json()]

    assert names("main") == names(new) == names("refs%2Fheads%2Fmain") == ["README.md"]
    assert names(old) == names("v1") == ["README.md", "data", "empty.txt"]
    assert names("refs%2Fpr%2F1") == names(pull) == ["proposed"]
    refs = session.get(
        f"{hub.endpoint}/api/datasets/acme/tiny/refs?include_prs=1", timeout=5
    ).json()
    assert refs["branches"] == [{"name": "main", "ref": "refs/heads/main", "targetCommit": new}]
    assert refs["tags"][0]["targetCommit"] == old
    assert refs["pullRequests"][0]["ref"] == "refs/pr/1"


@pytest.mark.usefixtures("repo")
def test_unknown_revisions_paths_and_pages_are_told_apart(
    hub: PretendHub, session: requests.Session
) -> None:
    revision = session.get(tree_url(hub, "nowhere"), timeout=5)
    path = session.get(tree_url(hub, path="nowhere"), timeout=5)
    page = session.get(f"{hub.endpoint}/api/agent-harnesses", timeout=5)

    assert (revision.status_code, revision.headers["X-Error-Code"]) == (404, "RevisionNotFound")
    assert (path.status_code, path.headers["X-Error-Code"]) == (404, "EntryNotFound")
    assert page.status_code == 404
    assert "X-Error-Code" not in page.headers


def test_renamed_repos_redirect_api_and_files(hub: PretendHub, session: requests.Session) -> None:
    hub.add_repo("bert", {"config.json": b"{}"}, "model")
    hub.rename_repo("bert", "google/bert", "model")

    tree = session.get(f"{hub.endpoint}/api/models/bert/tree/main?recursive=true", timeout=5)
    posted = session.post(
        f"{hub.endpoint}/api/models/bert/paths-info/main",
        data={"paths": "config.json"},
        timeout=5,
    )
    file = session.get(f"{hub.endpoint}/bert/resolve/main/config.json", timeout=5)

    assert tree.history[0].status_code == 307
    assert tree.history[0].headers["Location"] == (
        "/api/models/google/bert/tree/main?recursive=true"
    )
    assert posted.json()[0]["path"] == "config.json"
    assert file.content == b"{}"


def test_search_lists_repos_by_name(hub: PretendHub, session: requests.Session) -> None:
    for name in ("acme/wiki", "acme/wiki-small", "acme/other"):
        hub.add_repo(name, {})
    hub.add_repo("acme/wiki-model", {}, "model")

    found = session.get(f"{hub.endpoint}/api/datasets?search=WIKI&limit=5", timeout=5).json()
    one = session.get(f"{hub.endpoint}/api/datasets?search=wiki&limit=1", timeout=5).json()

    assert {each["id"] for each in found} == {"acme/wiki", "acme/wiki-small"}
    assert all(isinstance(each["downloads"] + each["likes"], int) for each in found)
    assert len(one) == 1


def test_the_log_tells_who_asked_for_what(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    session.get(tree_url(hub) + "?recursive=true", headers={"User-Agent": "probe"}, timeout=5)

    (record,) = hub.requests.select()

    assert (record.role, record.method, record.status) == (Role.API, "GET", 200)
    assert record.path == f"/api/datasets/{repo.repo_id}/tree/main"
    assert (record.query, record.user_agent, record.client) == (
        "recursive=true",
        "probe",
        "127.0.0.1",
    )
    assert record.bytes_sent > 100
    assert not record.had_authorization
