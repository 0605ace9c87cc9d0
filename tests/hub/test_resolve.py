"""A repo is found by its name alone, at the commit that its revision names now."""

import pytest

from hfdl_core.errors import (
    AccessDenied,
    BadToken,
    HfdlError,
    HubUnavailable,
    ListingBroken,
    RepoDisabled,
    RepoNotFound,
    RevisionNotFound,
    UsageError,
)
from hfdl_core.models import RepoType
from hfdl_tui.demo.hub import Access, PretendHub
from tests.hub.conftest import MakeCatalog
from tests.hub.scripted import Scripted, ScriptedServer

TOKEN = "hf_secretsecretsecret"
FILES = {"README.md": b"hello"}
COMMIT = "1234567890" * 4


@pytest.mark.parametrize("kind", ["dataset", "model", "space"])
def test_repo_type_is_found_out(hub: PretendHub, make_catalog: MakeCatalog, kind: str) -> None:
    repo = hub.add_repo("acme/thing", FILES, kind)

    snapshot = make_catalog(hub.endpoint).resolve("acme/thing", None, None)

    assert snapshot.repo_type is RepoType(kind)
    assert (snapshot.repo_id, snapshot.revision) == ("acme/thing", "main")
    assert snapshot.commit == repo.head.sha
    assert snapshot.size_hint == 5


def test_known_model_is_found_without_its_type(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("microsoft/DialoGPT-medium", FILES, "model")

    snapshot = make_catalog(hub.endpoint).resolve("microsoft/DialoGPT-medium", None, None)

    assert snapshot.repo_type is RepoType.MODEL


def test_dataset_comes_before_a_model_of_the_same_name(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    hub.add_repo("acme/both", FILES, "model")
    hub.add_repo("acme/both", FILES, "dataset")
    catalog = make_catalog(hub.endpoint)

    assert catalog.resolve("acme/both", None, None).repo_type is RepoType.DATASET
    assert catalog.resolve("acme/both", RepoType.MODEL, None).repo_type is RepoType.MODEL


def test_name_without_owner_is_legal(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("gpt2", FILES, "model")

    assert make_catalog(hub.endpoint).resolve("gpt2", None, None).repo_id == "gpt2"


def test_branch_tag_commit_and_pull_request_are_pinned(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    repo = hub.add_repo("acme/tiny", FILES)
    first = repo.head.sha
    repo.tags["v1.0"] = first
    second = repo.commit({"README.md": b"changed"})
    request = repo.commit({"README.md": b"proposed"}, branch="refs/pr/1")
    slashed = repo.commit({"README.md": b"other"}, branch="feature/x")
    catalog = make_catalog(hub.endpoint)

    def commit_of(revision: str | None) -> str:
        return catalog.resolve("acme/tiny", RepoType.DATASET, revision).commit

    assert commit_of(None) == second
    assert commit_of("v1.0") == commit_of(first) == first
    assert commit_of("refs/pr/1") == request
    assert commit_of("feature/x") == slashed


def test_renamed_repo_is_followed_and_takes_its_new_name(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    hub.add_repo("bert", FILES, "model")
    hub.rename_repo("bert", "google/bert", "model")

    snapshot = make_catalog(hub.endpoint).resolve("bert", None, None)

    assert snapshot.repo_id == "google/bert"


def test_gated_repo_is_described_to_everybody(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/gated", FILES, access=Access.GATED)

    snapshot = make_catalog(hub.endpoint).resolve("acme/gated", None, None)

    assert snapshot.gated
    assert not snapshot.private


def test_private_repo_is_seen_with_a_token(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    hub.add_repo("acme/private", FILES, access=Access.PRIVATE)
    hub.add_token(TOKEN, repos=["acme/private"])

    snapshot = make_catalog(hub.endpoint, TOKEN).resolve("acme/private", None, None)

    assert snapshot.private


@pytest.mark.parametrize(
    ("repo_id", "revision", "token", "error", "words"),
    [
        ("acme/missing", None, None, RepoNotFound, ["private", "HF_TOKEN", "--repo-type"]),
        ("acme/missing", None, TOKEN, RepoNotFound, ["HF_TOKEN may not see", "--repo-type"]),
        ("acme/private", None, None, RepoNotFound, ["private", "HF_TOKEN"]),
        ("acme/private", None, TOKEN, RepoNotFound, ["HF_TOKEN may not see"]),
        ("acme/disabled", None, None, RepoDisabled, ["disabled", "/datasets/acme/disabled"]),
        ("acme/tiny", "v9", None, RevisionNotFound, ["'v9'", "--revision"]),
        ("acme/tiny", None, "hf_nobodysnobodys", BadToken, ["HF_TOKEN", "/settings/tokens"]),
    ],
)
def test_each_refusal_is_its_own_error_and_says_what_to_do(
    hub: PretendHub,
    make_catalog: MakeCatalog,
    repo_id: str,
    revision: str | None,
    token: str | None,
    error: type[HfdlError],
    words: list[str],
) -> None:
    hub.add_repo("acme/tiny", FILES)
    hub.add_repo("acme/private", FILES, access=Access.PRIVATE)
    hub.add_repo("acme/disabled", FILES, access=Access.DISABLED)
    hub.add_token(TOKEN)
    catalog = make_catalog(hub.endpoint, token)

    with pytest.raises(error) as refusal:
        catalog.resolve(repo_id, None, revision)

    text = str(refusal.value)
    assert text.isprintable()
    assert all(word in text for word in words), text
    assert token is None or token not in text


def test_missing_repo_of_a_given_type_names_the_type(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    hub.add_repo("acme/tiny", FILES, "dataset")

    with pytest.raises(RepoNotFound, match="no model of this name"):
        make_catalog(hub.endpoint).resolve("acme/tiny", RepoType.MODEL, None)


@pytest.mark.parametrize("repo_id", ["../etc", "a/b/c", "", "a--b", "x/../y", "a b", "-x"])
def test_impossible_name_is_refused_without_asking(
    hub: PretendHub, make_catalog: MakeCatalog, repo_id: str
) -> None:
    with pytest.raises(UsageError):
        make_catalog(hub.endpoint).resolve(repo_id, None, None)

    assert len(hub.requests) == 0


@pytest.mark.parametrize("status", [401, 404])
def test_mirror_that_refuses_without_a_code_means_not_found(
    scripted: ScriptedServer, make_catalog: MakeCatalog, status: int
) -> None:
    scripted.answers["/api/datasets/acme/tiny/revision/main"] = Scripted(status, b"no")
    scripted.answers["/api/models/acme/tiny/revision/main"] = Scripted(value={"sha": COMMIT})

    snapshot = make_catalog(scripted.url, TOKEN).resolve("acme/tiny", None, None)

    assert snapshot.repo_type is RepoType.MODEL
    assert snapshot.repo_id == "acme/tiny"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Scripted(403, b"", {"X-Error-Message": "Forbidden: no read scope"}), AccessDenied),
        (Scripted(451, b""), RepoDisabled),
        (Scripted(410, b""), RepoNotFound),
        (Scripted(400, b""), HubUnavailable),
        (Scripted(200, b"<html>please log in</html>"), HubUnavailable),
        (Scripted(200, b"[" * 100_000), HubUnavailable),
        (Scripted(200, {"id": "acme/tiny"}), ListingBroken),
        (Scripted(200, {"id": "../../tiny", "sha": COMMIT}), ListingBroken),
        (Scripted(200, {"sha": COMMIT[:7]}), ListingBroken),
        (Scripted(200, []), ListingBroken),
    ],
)
def test_odd_answer_is_told_in_one_line(
    scripted: ScriptedServer, make_catalog: MakeCatalog, answer: Scripted, error: type[HfdlError]
) -> None:
    scripted.answers["/api/datasets/acme/tiny/revision/main"] = answer

    with pytest.raises(error) as refusal:
        make_catalog(scripted.url).resolve("acme/tiny", RepoType.DATASET, None)

    assert str(refusal.value).isprintable()


def test_other_commit_than_the_one_asked_for_is_refused(
    scripted: ScriptedServer, make_catalog: MakeCatalog
) -> None:
    asked = "a" * 40
    scripted.answers[f"/api/models/gpt2/revision/{asked}"] = Scripted(value={"sha": COMMIT})

    with pytest.raises(ListingBroken):
        make_catalog(scripted.url).resolve("gpt2", RepoType.MODEL, asked)


def test_message_that_repeats_the_token_is_shown_without_it(
    scripted: ScriptedServer, make_catalog: MakeCatalog
) -> None:
    said = {"X-Error-Message": f"token {TOKEN} may not read"}
    scripted.answers["/api/models/gpt2/revision/main"] = Scripted(403, b"", said)

    with pytest.raises(AccessDenied, match=r"token \*\*\* may not read"):
        make_catalog(scripted.url, TOKEN).resolve("gpt2", RepoType.MODEL, None)
