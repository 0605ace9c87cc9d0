import gzip
from urllib.parse import quote, urlsplit

import pytest
import requests

from hfdl_tui.demo.hub import GeneratedContent, PretendHub, Repo, ResolveStyle, Role


def url_of(hub: PretendHub, path: str, prefix: str = "datasets/acme/tiny") -> str:
    return f"{hub.endpoint}/{prefix}/resolve/main/{quote(path)}"


def test_regular_files_are_redirected_to_the_hubs_own_cache(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    url = url_of(hub, "README.md")

    hop = session.get(url, allow_redirects=False, timeout=5)
    answer = session.get(url, timeout=5)

    file = repo.head.files["README.md"]
    assert hop.status_code == 307
    assert hop.headers["Location"].startswith(
        f"/api/resolve-cache/datasets/acme/tiny/{repo.head.sha}/README.md?"
    )
    assert hop.headers["X-Repo-Commit"] == repo.head.sha
    assert int(hop.headers["Content-Length"]) == len(hop.content) != file.size
    assert answer.headers["ETag"] == f'"{file.oid}"'
    assert answer.headers["X-Repo-Commit"] == repo.head.sha
    assert answer.content == b"# tiny\n" * 50


def test_lfs_files_are_redirected_to_another_host_with_their_digest(
    hub: PretendHub, repo: Repo, big_url: str, session: requests.Session
) -> None:
    head = session.head(big_url, timeout=5)
    answer = session.get(big_url, headers={"Range": "bytes=0-"}, timeout=5)

    file = repo.head.files["data/big.bin"]
    assert head.status_code == 302
    assert head.headers["X-Linked-ETag"] == f'"{file.content.sha256()}"'
    assert head.headers["X-Linked-Size"] == "3000000"
    assert urlsplit(head.headers["Location"]).hostname != urlsplit(hub.endpoint).hostname
    assert answer.status_code == 206
    assert answer.content == file.content.read(0, file.size)
    assert answer.headers["ETag"].strip('"') != file.content.sha256()
    assert "X-Repo-Commit" not in answer.headers


@pytest.mark.usefixtures("repo")
def test_signed_links_are_for_get_only_and_cannot_be_changed(
    big_url: str, session: requests.Session
) -> None:
    link = session.head(big_url, timeout=5).headers["Location"]

    assert session.head(link, timeout=5).status_code == 403
    assert session.get(link.replace("Expires=1", "Expires=2"), timeout=5).status_code == 403
    assert session.get(link.partition("?")[0], timeout=5).status_code == 403
    assert session.get(link, headers={"Range": "bytes=0-0"}, timeout=5).status_code == 206


@pytest.mark.usefixtures("repo")
def test_signed_links_expire(hub: PretendHub, big_url: str, session: requests.Session) -> None:
    hub.options.signature_seconds = -1

    answer = session.get(big_url, timeout=5)

    assert answer.status_code == 403
    assert b"AccessDenied" in answer.content


@pytest.mark.usefixtures("repo")
def test_the_cdn_refuses_a_token_and_the_log_tells_of_it(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    link = session.head(big_url, timeout=5).headers["Location"]

    answer = session.get(link, headers={"Authorization": "Bearer hf_secret"}, timeout=5)

    (record,) = hub.requests.select(role=Role.CDN)
    assert answer.status_code == 400
    assert record.had_authorization
    assert "hf_secret" not in repr(record)


@pytest.mark.parametrize(
    ("asked", "status", "begin", "end"),
    [
        ("bytes=0-", 206, 0, 256),
        ("bytes=10-19", 206, 10, 20),
        ("bytes=250-9999", 206, 250, 256),
        ("bytes=-6", 206, 250, 256),
        ("bytes=-999", 206, 0, 256),
        ("bytes=256-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=9-3", 200, 0, 256),
        ("bytes=0-1,4-5", 200, 0, 256),
        ("lines=1-2", 200, 0, 256),
    ],
)
@pytest.mark.usefixtures("repo")
def test_ranges_are_answered_as_the_rfc_says(
    hub: PretendHub, session: requests.Session, asked: str, status: int, begin: int, end: int
) -> None:
    url = url_of(hub, "data/deep/notes.dat")

    answer = session.get(url, headers={"Range": asked}, timeout=5)

    assert answer.status_code == status
    assert answer.content == bytes(range(256))[begin:end]
    told = {200: None, 206: f"bytes {begin}-{end - 1}/256", 416: "bytes */256"}
    assert answer.headers.get("Content-Range") == told[status]


@pytest.mark.usefixtures("repo")
def test_any_range_of_an_empty_file_is_refused(hub: PretendHub, session: requests.Session) -> None:
    url = url_of(hub, "empty.txt")

    assert session.get(url, headers={"Range": "bytes=0-"}, timeout=5).status_code == 416
    assert session.get(url, timeout=5).content == b""


@pytest.mark.usefixtures("repo")
def test_small_text_comes_gzipped_and_whole_unless_identity_is_asked_for(
    hub: PretendHub, session: requests.Session
) -> None:
    url = url_of(hub, "README.md")
    asked = {"Accept-Encoding": "gzip", "Range": "bytes=0-3"}

    answer = session.get(url, headers=asked, timeout=5, stream=True)
    raw = answer.raw.read(decode_content=False)
    hub.options.gzip_text = False
    plain = session.get(url, headers=asked, timeout=5)

    assert answer.status_code == 200
    assert answer.headers["ETag"].startswith('W/"')
    assert "Content-Length" not in answer.headers
    assert gzip.decompress(raw) == b"# tiny\n" * 50
    assert plain.content == b"# ti"


@pytest.mark.usefixtures("repo")
def test_a_huge_file_is_only_served_in_ranges(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    hub.options.unranged_limit = 1_000_000

    assert session.get(big_url, timeout=5).status_code == 400
    assert session.get(big_url, headers={"Range": "bytes=0-"}, timeout=5).status_code == 206


def test_mirrors_answer_at_once(
    hub: PretendHub, repo: Repo, big_url: str, session: requests.Session
) -> None:
    hub.options.resolve_style = ResolveStyle.DIRECT

    answer = session.get(big_url, headers={"Range": "bytes=5-9"}, timeout=5)

    assert (answer.status_code, answer.history) == (206, [])
    assert answer.content == repo.head.files["data/big.bin"].content.read(5, 5)
    assert "X-Linked-Size" not in answer.headers


@pytest.mark.parametrize("path", ["with space.txt", "é ü.txt", "a#b.txt", "50%.txt", "[x]/y+z.txt"])
def test_any_file_name_is_served(hub: PretendHub, session: requests.Session, path: str) -> None:
    hub.add_repo("acme/names", {path: b"named", f"{path}.bin": b"lfs"})

    regular = session.get(url_of(hub, path, "datasets/acme/names"), timeout=5)
    lfs = session.get(url_of(hub, f"{path}.bin", "datasets/acme/names"), timeout=5)

    assert regular.content == b"named"
    assert lfs.content == b"lfs"
    assert hub.requests.select(role=Role.CDN)[0].file == f"{path}.bin"


@pytest.mark.parametrize(
    ("kind", "repo_id", "prefix"),
    [
        ("model", "gpt2", "gpt2"),
        ("model", "acme/net", "acme/net"),
        ("dataset", "squad", "datasets/squad"),
        ("space", "acme/app", "spaces/acme/app"),
    ],
)
def test_every_kind_has_its_own_urls(
    hub: PretendHub, session: requests.Session, kind: str, repo_id: str, prefix: str
) -> None:
    repo = hub.add_repo(repo_id, {"a.dat": b"regular", "a.bin": b"lfs"}, kind)

    regular = session.get(url_of(hub, "a.dat", prefix), timeout=5)
    lfs = session.get(url_of(hub, "a.bin", prefix), timeout=5)
    described = session.get(f"{hub.endpoint}/api/{kind}s/{repo_id}", timeout=5).json()

    assert (regular.content, lfs.content) == (b"regular", b"lfs")
    assert (described["id"], described["sha"]) == (repo_id, repo.head.sha)


@pytest.mark.usefixtures("repo")
def test_a_missing_file_names_the_commit_it_is_missing_in(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    answer = session.head(url_of(hub, "nowhere"), timeout=5)

    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "EntryNotFound")
    assert answer.headers["X-Repo-Commit"] == repo.head.sha


def test_an_unchanged_file_is_not_sent_again(
    hub: PretendHub, repo: Repo, session: requests.Session
) -> None:
    etag = repo.head.files["README.md"].etag

    answer = session.get(
        url_of(hub, "README.md"), headers={"If-None-Match": f'"{etag}"'}, timeout=5
    )

    assert answer.status_code == 304
    assert session.get(url_of(hub, "README.md"), timeout=5).ok


def test_files_on_disk_are_served_from_disk(
    hub: PretendHub, session: requests.Session, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("data")
    content = GeneratedContent(12_000_000, "disk")
    (folder / "sub").mkdir()
    (folder / "sub/large").write_bytes(content.read(0, content.size))
    hub.add_repo("acme/folder", folder)

    url = url_of(hub, "sub/large", "datasets/acme/folder")
    answer = session.get(url, headers={"Range": "bytes=1-11999998"}, timeout=5)

    assert answer.content == content.read(1, 11_999_998)
    assert hub.bytes_sent(role=Role.CDN) == 11_999_998
