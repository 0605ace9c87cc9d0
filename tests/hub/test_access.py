"""Whoever may not read a repo's files is told so before anything is queued."""

import pytest

from hfdl_core.errors import AccessDenied, BadToken, HfdlError, ListingBroken, RepoDisabled
from hfdl_core.hub import HubCatalog, RepoSnapshot
from hfdl_core.models import RepoFile, RepoType
from hfdl_tui.demo.hub import Access, Fault, PretendHub, ResolveStyle, Role, Status
from tests.hub.conftest import MakeCatalog

TOKEN = "hf_secretsecretsecret"
BAD_TOKEN = "hf_nobodysnobodys"
FILES = {"README.md": b"hello", "big.bin": b"x" * 1000, "empty": b""}


def listed(catalog: HubCatalog, name: str) -> tuple[RepoSnapshot, RepoFile]:
    snapshot = catalog.resolve(name, RepoType.DATASET, None)
    return snapshot, next(f for f in catalog.list_files(snapshot) if f.path == "big.bin")


def no_auth_check(hub: PretendHub, status: int = 404) -> None:
    hub.faults.add(Fault(Status(status), path="*/auth-check"))


def test_public_repo_may_be_read(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)
    snapshot, sample = listed(catalog, "acme/tiny")
    hub.requests.clear()

    catalog.check_access(snapshot, sample)

    assert [record.path for record in hub.requests.select()] == [
        "/api/datasets/acme/tiny/auth-check"
    ]


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize(
    ("token", "error", "words"),
    [
        (None, AccessDenied, ["gated", "accept its terms", "/datasets/acme/gated", "HF_TOKEN"]),
        (TOKEN, AccessDenied, ["gated", "no grant", "/datasets/acme/gated"]),
        (BAD_TOKEN, BadToken, ["HF_TOKEN", "/settings/tokens"]),
    ],
)
def test_gated_repo_is_refused_though_it_lists_its_files(
    hub: PretendHub,
    make_catalog: MakeCatalog,
    token: str | None,
    error: type[HfdlError],
    words: list[str],
    *,
    mirror: bool,
) -> None:
    hub.add_repo("acme/gated", FILES, access=Access.GATED)
    hub.add_token(TOKEN)
    snapshot, sample = listed(make_catalog(hub.endpoint), "acme/gated")
    if mirror:
        no_auth_check(hub)

    with pytest.raises(error) as refusal:
        make_catalog(hub.endpoint, token).check_access(snapshot, sample)

    text = str(refusal.value)
    assert text.isprintable()
    assert all(word in text for word in words), text
    assert token is None or token not in text


@pytest.mark.parametrize(
    ("status", "error"), [(401, BadToken), (403, AccessDenied)], ids=["unknown", "no grant"]
)
def test_token_that_a_gated_repo_does_not_know_differs_from_one_without_a_grant(
    hub: PretendHub, make_catalog: MakeCatalog, status: int, error: type[HfdlError]
) -> None:
    hub.add_repo("acme/gated", FILES, access=Access.GATED)
    snapshot, sample = listed(make_catalog(hub.endpoint), "acme/gated")
    gated = Status(status, headers={"X-Error-Code": "GatedRepo"})
    hub.faults.add(Fault(gated, path="*/auth-check"))

    with pytest.raises(error):
        make_catalog(hub.endpoint, TOKEN).check_access(snapshot, sample)


def test_gated_repo_with_a_grant_may_be_read(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/gated", FILES, access=Access.GATED)
    hub.add_token(TOKEN, repos=["acme/gated"])
    catalog = make_catalog(hub.endpoint, TOKEN)
    snapshot, sample = listed(catalog, "acme/gated")

    catalog.check_access(snapshot, sample)


@pytest.mark.parametrize("status", [401, 404, 405])
@pytest.mark.parametrize("style", ResolveStyle)
def test_mirror_without_the_question_is_asked_for_one_byte(
    hub: PretendHub, make_catalog: MakeCatalog, status: int, style: ResolveStyle
) -> None:
    hub.options.resolve_style = style
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)
    snapshot, sample = listed(catalog, "acme/tiny")
    no_auth_check(hub, status)
    hub.requests.clear()

    catalog.check_access(snapshot, sample)

    (asked,) = hub.requests.select(role=Role.RESOLVE)
    assert asked.range == "bytes=0-0"
    assert hub.requests.select(role=Role.CDN) == []


def test_empty_sample_may_be_read(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.options.resolve_style = ResolveStyle.DIRECT
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)
    snapshot, sample = listed(catalog, "acme/tiny")
    no_auth_check(hub)

    catalog.check_access(snapshot, sample._replace(path="empty", size=0))


def test_mirror_without_the_question_and_without_a_sample_is_believed(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)
    snapshot, _ = listed(catalog, "acme/tiny")
    no_auth_check(hub)

    catalog.check_access(snapshot, None)


def test_repo_disabled_after_it_was_listed_is_told(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    repo = hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)
    snapshot, sample = listed(catalog, "acme/tiny")
    repo.access = Access.DISABLED

    with pytest.raises(RepoDisabled):
        catalog.check_access(snapshot, sample)


def test_listed_file_that_is_not_served_is_told(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/tiny", FILES)
    catalog = make_catalog(hub.endpoint)
    snapshot, sample = listed(catalog, "acme/tiny")
    no_auth_check(hub)

    with pytest.raises(ListingBroken):
        catalog.check_access(snapshot, sample._replace(path="elsewhere"))
