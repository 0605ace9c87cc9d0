"""A listing of any length arrives page by page; one that lies or never ends is refused."""

import hashlib
from typing import Any

import pytest

from hfdl_core.errors import HubUnavailable, ListingBroken, UsageError
from hfdl_core.hub import HubCatalog, RepoSnapshot
from hfdl_core.models import RepoFile, RepoType
from hfdl_tui.demo.hub import Paging, PretendHub, Role
from tests.hub.conftest import MakeCatalog
from tests.hub.scripted import Scripted, ScriptedServer, scripted_server

TOKEN = "hf_secretsecretsecret"
COMMIT = "1234567890" * 4
SHA1 = "0123456789" * 4
SNAPSHOT = RepoSnapshot(
    repo_id="acme/tiny",
    repo_type=RepoType.DATASET,
    revision="main",
    commit=COMMIT,
    private=False,
    gated=False,
    size_hint=None,
)
TREE = f"/api/datasets/acme/tiny/tree/{COMMIT}"
FILES = {
    "README.md": b"hello",
    "data/big.bin": b"x" * 1000,
    "data/deep/a b#c%20é.txt": b"odd name",
    "empty": b"",
}


def resolved(catalog: HubCatalog) -> RepoSnapshot:
    return catalog.resolve("acme/tiny", RepoType.DATASET, None)


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()


def test_files_come_with_size_and_digest(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)

    listed = {file.path: file for file in catalog.list_files(resolved(catalog))}

    assert listed.keys() == FILES.keys()
    assert listed["README.md"] == RepoFile("README.md", 5, git_sha1(b"hello"))
    big = FILES["data/big.bin"]
    assert listed["data/big.bin"] == ("data/big.bin", 1000, hashlib.sha256(big).hexdigest())
    assert listed["empty"] == ("empty", 0, git_sha1(b""))


@pytest.mark.usefixtures("small_pages")
def test_pages_follow_each_other(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/tiny", {f"d{n % 5}/f{n:03d}": b"%d" % n for n in range(100)})
    catalog = make_catalog(hub.endpoint)
    snapshot = resolved(catalog)

    listed = [file.path for file in catalog.list_files(snapshot)]

    assert sorted(listed) == sorted(f"d{n % 5}/f{n:03d}" for n in range(100))
    assert len(hub.requests.select(lambda record: "/tree/" in record.path)) == 11


def test_pages_hold_a_thousand_entries(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/tiny", {f"f{n:04d}": b"" for n in range(2001)})
    catalog = make_catalog(hub.endpoint)

    listed = sum(1 for _ in catalog.list_files(resolved(catalog)))

    assert listed == 2001
    assert len(hub.requests.select(lambda record: "/tree/" in record.path)) == 3


def test_files_below_one_directory(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)

    listed = [file.path for file in catalog.list_files(resolved(catalog), "data/deep/")]

    assert listed == ["data/deep/a b#c%20é.txt"]


def test_directory_shows_its_own_entries_only(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)
    snapshot = resolved(catalog)

    root = [(e.path, e.size, e.is_directory) for e in catalog.list_directory(snapshot)]
    data = [(e.path, e.size, e.is_directory) for e in catalog.list_directory(snapshot, "data")]

    assert sorted(root) == [("README.md", 5, False), ("data", 0, True), ("empty", 0, False)]
    assert sorted(data) == [("data/big.bin", 1000, False), ("data/deep", 0, True)]


@pytest.mark.parametrize("path", ["data/big.bin", "README.md"])
def test_listing_of_a_file_is_the_file(
    hub: PretendHub, make_catalog: MakeCatalog, path: str
) -> None:
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)

    listed = list(catalog.list_directory(resolved(catalog), path))

    assert [(entry.path, entry.size) for entry in listed] == [(path, len(FILES[path]))]


@pytest.mark.parametrize("path", ["nothing", "data/nothing", "no/thing", "README.md/x"])
def test_listing_of_nothing_is_told(hub: PretendHub, make_catalog: MakeCatalog, path: str) -> None:
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)
    snapshot = resolved(catalog)

    with pytest.raises(UsageError, match=f"has no '{path}' at 'main'"):
        list(catalog.list_directory(snapshot, path))


@pytest.mark.usefixtures("small_pages")
def test_next_link_of_the_upstream_is_followed_on_the_mirror(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    hub.add_repo("acme/tiny", {f"f{n}": b"" for n in range(25)})
    hub.add_token(TOKEN)
    with scripted_server("127.0.0.3") as upstream:
        hub.options.link_base = upstream.url
        catalog = make_catalog(hub.endpoint, TOKEN)

        listed = {file.path for file in catalog.list_files(resolved(catalog))}

    assert len(listed) == 25
    assert upstream.asked == []
    assert all(record.had_authorization for record in hub.requests.select(role=Role.API))


def test_next_link_is_followed_below_the_path_of_a_mirror(
    scripted: ScriptedServer, make_catalog: MakeCatalog
) -> None:
    pages = {
        "": "https://huggingface.co" + TREE + "?cursor=a%3D",
        "?cursor=a%3D": "/hf" + TREE + "?cursor=b",
        "?cursor=b": TREE + "?cursor=c",
        "?cursor=c": "",
    }
    for number, (query, link) in enumerate(pages.items()):
        headers = {"Link": f'<{link}>; rel="next"'} if link else {}
        entry = {"type": "file", "path": f"f{number}", "size": 1, "oid": SHA1}
        scripted.answers[f"/hf{TREE}{query}"] = Scripted(200, [entry], headers)

    listed = [file.path for file in make_catalog(f"{scripted.url}/hf/").list_files(SNAPSHOT)]

    assert listed == ["f0", "f1", "f2", "f3"]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/not/the/api",
        "/api/../../secret",
        "https://huggingface.co/api/../secret",
        "https://huggingface.co/api/%2e%2E/secret",
        "/login?next=/api/",
        "//evil.example",
        "file:///etc/passwd",
        "https://[bad/api/",
    ],
)
def test_next_link_off_the_api_is_refused(
    scripted: ScriptedServer, make_catalog: MakeCatalog, link: str
) -> None:
    entry = {"type": "file", "path": "f", "size": 1, "oid": SHA1}
    scripted.answers[TREE] = Scripted(200, [entry], {"Link": f'<{link}>; rel="next"'})

    with pytest.raises(ListingBroken):
        list(make_catalog(scripted.url, TOKEN).list_files(SNAPSHOT))

    assert len(scripted.asked) == 1


def test_endless_listing_is_refused(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/tiny", FILES)
    hub.options.paging = Paging.ENDLESS
    catalog = make_catalog(hub.endpoint)
    snapshot = resolved(catalog)

    with pytest.raises(ListingBroken, match="in circles"):
        list(catalog.list_files(snapshot))


@pytest.mark.parametrize("page", [[], [{"type": "file", "path": "f", "size": 1, "oid": SHA1}]])
def test_listing_without_progress_is_refused_though_its_links_differ(
    scripted: ScriptedServer, make_catalog: MakeCatalog, page: list[object]
) -> None:
    for number in range(5):
        link = f'<{TREE}?cursor={number + 1}>; rel="next"'
        query = f"?cursor={number}" if number else ""
        scripted.answers[f"{TREE}{query}"] = Scripted(200, page, {"Link": link})

    with pytest.raises(ListingBroken, match="in circles"):
        list(make_catalog(scripted.url).list_files(SNAPSHOT))

    assert len(scripted.asked) <= 2


def test_longer_circle_is_refused(scripted: ScriptedServer, make_catalog: MakeCatalog) -> None:
    for number in range(3):
        entry = {"type": "file", "path": f"f{number}", "size": 1, "oid": SHA1}
        link = f'<{TREE}?cursor={(number + 1) % 3}>; rel="next"'
        scripted.answers[f"{TREE}?cursor={number}"] = Scripted(200, [entry], {"Link": link})
    scripted.answers[TREE] = scripted.answers[f"{TREE}?cursor=0"]

    with pytest.raises(ListingBroken, match="in circles"):
        list(make_catalog(scripted.url).list_files(SNAPSHOT))


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a\\b", "a\0b", "a\x1b[2Jb"])
def test_unsafe_path_is_refused_and_named(
    scripted: ScriptedServer, make_catalog: MakeCatalog, path: str
) -> None:
    good = {"type": "file", "path": "good", "size": 1, "oid": SHA1}
    scripted.answers[TREE] = Scripted(200, [good, good | {"path": path}])

    with pytest.raises(ListingBroken) as refusal:
        list(make_catalog(scripted.url).list_files(SNAPSHOT))

    assert repr(path) in str(refusal.value)
    assert str(refusal.value).isprintable()


def entry_with(**changes: object) -> dict[str, object]:
    return {"type": "file", "path": "data/x", "size": 1000, "oid": SHA1} | changes


def lfs_entry(oid: str = "", **changes: object) -> dict[str, object]:
    sha256 = "ab" * 32
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize 1000\n"
    lfs = {"oid": sha256, "size": 1000, "pointerSize": len(pointer)} | changes
    return entry_with(oid=oid or git_sha1(pointer.encode()), lfs=lfs)


@pytest.mark.parametrize(
    "entry",
    [
        entry_with(size=-1),
        entry_with(size=True),
        entry_with(size="1000"),
        entry_with(size=1 << 44),
        entry_with(size=None),
        entry_with(oid="xyz"),
        entry_with(oid=None),
        entry_with(oid="ab" * 32),
        entry_with(path=None),
        entry_with(path=["x"]),
        entry_with(lfs="ab" * 32),
        lfs_entry(oid="0" * 40),
        lfs_entry(size=999),
        lfs_entry(oid=SHA1, size=1000),
        lfs_entry() | {"lfs": {"oid": "cd" * 20, "size": 1000, "pointerSize": 130}},
        "data/x",
        None,
    ],
)
def test_entry_that_does_not_fit_together_is_refused(
    scripted: ScriptedServer, make_catalog: MakeCatalog, entry: Any
) -> None:
    scripted.answers[TREE] = Scripted(200, [entry])

    with pytest.raises(ListingBroken) as refusal:
        list(make_catalog(scripted.url).list_files(SNAPSHOT))

    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    ("entry", "digest"),
    [
        (entry_with(oid=SHA1.upper()), SHA1),
        (entry_with(lfs=None), SHA1),
        (lfs_entry(), "ab" * 32),
        (lfs_entry(oid=SHA1, pointerSize=140), "ab" * 32),  # another program's pointer
        (lfs_entry(oid="ab" * 32), "ab" * 32),  # a mirror that gives no git id
        (lfs_entry(oid=SHA1, pointerSize=None), "ab" * 32),
    ],
)
def test_odd_but_honest_entry_is_taken(
    scripted: ScriptedServer, make_catalog: MakeCatalog, entry: dict[str, object], digest: str
) -> None:
    scripted.answers[TREE] = Scripted(200, [entry, {"type": "unknown", "path": "submodule"}])

    listed = list(make_catalog(scripted.url).list_files(SNAPSHOT))

    assert listed == [RepoFile("data/x", 1000, digest)]


def test_entry_outside_the_directory_asked_for_is_refused(
    scripted: ScriptedServer, make_catalog: MakeCatalog
) -> None:
    scripted.answers[f"{TREE}/other"] = Scripted(200, [entry_with()])

    with pytest.raises(ListingBroken, match="out of place"):
        list(make_catalog(scripted.url).list_files(SNAPSHOT, "other"))


@pytest.mark.parametrize("value", [{"error": "no"}, "text", 5])
def test_listing_that_is_no_list_is_refused(
    scripted: ScriptedServer, make_catalog: MakeCatalog, value: object
) -> None:
    scripted.answers[TREE] = Scripted(200, value)

    with pytest.raises(ListingBroken):
        list(make_catalog(scripted.url).list_files(SNAPSHOT))


def test_login_page_in_place_of_a_listing_is_told(
    scripted: ScriptedServer, make_catalog: MakeCatalog
) -> None:
    scripted.answers[TREE] = Scripted(200, b"<html>please log in</html>")

    with pytest.raises(HubUnavailable, match="login"):
        list(make_catalog(scripted.url).list_files(SNAPSHOT))


def test_mirror_that_redirects_to_a_slash_is_survived(
    scripted: ScriptedServer, make_catalog: MakeCatalog
) -> None:
    scripted.answers[TREE] = Scripted(307, b"", {"Location": f"{TREE}/?recursive=true"})
    scripted.answers[f"{TREE}/"] = Scripted(200, [entry_with()])

    assert len(list(make_catalog(scripted.url).list_files(SNAPSHOT))) == 1
