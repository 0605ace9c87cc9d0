"""What is told of the Hub, the token and one repo."""

import socket
from collections.abc import Iterator

import pytest

from hfdl_core.doctor import Health
from hfdl_core.hub import RepoReference
from hfdl_core.models import RepoType
from hfdl_tui.demo.hub import Access, Fault, HubOptions, PretendHub, Quotas, Role, Status
from tests.doctor.conftest import Examine
from tests.hub.scripted import Scripted, ScriptedServer, scripted_server

TOKEN = "hf_0123456789abcdefghij"
STRANGER = "hf_zyxwvutsrqponmlkjihg"


@pytest.fixture(scope="module")
def repos(hub: PretendHub) -> PretendHub:
    hub.add_repo("acme/data", {"README.md": b"hello", "big.bin": b"b" * 5_000_000})
    hub.add_repo("acme/small", {"README.md": b"hello"})
    hub.add_repo("acme/gated", {"a.bin": b"a"}, access=Access.GATED)
    hub.add_repo("acme/empty", {"nothing": b""}, kind="model")
    hub.add_token(TOKEN, "ann", ["acme/gated"])
    return hub


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


def test_the_hub_is_asked_once_and_nobody_asks_who_we_are(
    repos: PretendHub, examine: Examine
) -> None:
    repos.requests.clear()

    found = examine(HF_ENDPOINT=repos.endpoint)

    assert found["hub"].status is Health.OK
    assert f"{repos.endpoint} answers directly in" in found["hub"].detail
    assert "requests are left" in found["hub"].detail
    assert (found["token"].status, found["token"].exit_code) == (Health.OK, 0)
    assert "HF_TOKEN" in found["token"].advice
    assert [record.path for record in repos.requests.select()] == ["/api/models"]


def test_a_known_token_is_named_by_its_owner_and_never_shown(
    repos: PretendHub, examine: Examine
) -> None:
    repos.requests.clear()

    found = examine(HF_ENDPOINT=repos.endpoint, HF_TOKEN=TOKEN)

    assert found["token"].text == "from HF_TOKEN, the Hub knows it as ann's"
    assert TOKEN not in str(found)
    asked = [record.path for record in repos.requests.select()]
    assert asked.count("/api/whoami-v2") == 1


@pytest.mark.parametrize("token", [STRANGER, "two words"])
def test_a_token_that_cannot_be_used_is_a_failure(
    repos: PretendHub, examine: Examine, token: str
) -> None:
    found = examine(RepoReference("acme/data"), HF_ENDPOINT=repos.endpoint, HF_TOKEN=token)

    assert found["token"].status is Health.FAIL
    assert "HF_TOKEN" in found["token"].text
    assert token not in str(found)
    assert "repo" not in found


def test_a_repo_is_found_read_and_traced_to_its_cdn(repos: PretendHub, examine: Examine) -> None:
    found = examine(RepoReference("acme/data"), HF_ENDPOINT=repos.endpoint)

    assert found["repo"].detail.startswith("acme/data (dataset) at commit ")
    assert found["repo"].detail.endswith(": 2 files")
    assert found["access"].status is Health.OK
    assert f"{repos.cdn_url.removeprefix('http://')} serves big.bin (5.0 MB)" in found["cdn"].detail


def test_small_files_come_from_the_hub_itself(repos: PretendHub, examine: Examine) -> None:
    found = examine(RepoReference("acme/small"), HF_ENDPOINT=repos.endpoint)

    assert found["cdn"].detail.startswith("the Hub itself serves README.md")


def test_a_repo_without_bytes_is_fine(repos: PretendHub, examine: Examine) -> None:
    empty = RepoReference("acme/empty", RepoType.MODEL)

    found = examine(empty, HF_ENDPOINT=repos.endpoint)

    assert (found["access"].status, found["cdn"].status) == (Health.OK, Health.OK)


def test_a_gated_repo_fails_without_a_grant_only(repos: PretendHub, examine: Examine) -> None:
    gated = RepoReference("acme/gated")

    without = examine(gated, HF_ENDPOINT=repos.endpoint)
    granted = examine(gated, HF_ENDPOINT=repos.endpoint, HF_TOKEN=TOKEN)

    assert without["repo"].status is Health.OK
    assert "gated" in without["repo"].detail
    assert (without["access"].status, without["access"].exit_code) == (Health.FAIL, 3)
    assert "accept its terms" in without["access"].text
    assert granted["cdn"].status is Health.OK


def test_a_repo_that_is_not_there_is_no_access(repos: PretendHub, examine: Examine) -> None:
    found = examine(RepoReference("acme/nothing"), HF_ENDPOINT=repos.endpoint)

    assert (found["repo"].status, found["repo"].exit_code) == (Health.FAIL, 3)
    assert "check the name" in found["repo"].text


def test_a_cdn_that_is_down_is_named(examine: Examine) -> None:
    with PretendHub() as hub:
        hub.add_repo("acme/data", {"big.bin": b"b" * 5_000_000})
        hub.faults.add(Fault(Status(500), role=Role.CDN))

        found = examine(RepoReference("acme/data"), HF_ENDPOINT=hub.endpoint)

    assert (found["cdn"].status, found["cdn"].exit_code) == (Health.FAIL, 3)
    assert hub.cdn_url.removeprefix("http://") in found["cdn"].detail


def test_a_hub_that_is_not_there_is_out_of_reach(examine: Examine) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{probe.getsockname()[1]}"

        found = examine(RepoReference("acme/data"), HF_ENDPOINT=endpoint, HF_TOKEN=TOKEN)

    assert (found["hub"].status, found["hub"].exit_code) == (Health.FAIL, 3)
    assert "refuses the connection: check HF_ENDPOINT" in found["hub"].text
    assert not found.keys() & {"token", "repo", "cdn"}


def test_a_quota_that_is_used_up_is_told(examine: Examine) -> None:
    with PretendHub(HubOptions(quotas=Quotas(api=1))) as hub:
        first = examine(HF_ENDPOINT=hub.endpoint)["hub"]
        second = examine(HF_ENDPOINT=hub.endpoint)["hub"]

    assert first.status is Health.WARN
    assert "a new window begins in" in first.advice
    assert "is busy (429): try again in" in second.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Scripted(200, b"<html>please log in</html>"), "does not answer as a hub does"),
        (Scripted(404, b"<html>no such page</html>"), "answers 404; check HF_ENDPOINT"),
        (Scripted(503, b""), "is busy (503)"),
    ],
)
def test_something_that_is_no_hub_is_out_of_reach(
    scripted: ScriptedServer, examine: Examine, answer: Scripted, says: str
) -> None:
    scripted.answers["/api/models"] = answer

    found = examine(HF_ENDPOINT=scripted.url)

    assert (found["hub"].status, found["hub"].exit_code) == (Health.FAIL, 3)
    assert says in found["hub"].text


def test_a_mirror_that_does_not_know_tokens_is_a_warning(
    scripted: ScriptedServer, examine: Examine
) -> None:
    scripted.answers["/api/models"] = Scripted(value=[])

    found = examine(HF_ENDPOINT=scripted.url, HF_TOKEN=TOKEN)

    assert found["hub"].status is Health.OK
    assert found["token"].status is Health.WARN
    assert TOKEN not in str(found)


def test_an_offline_switch_is_a_warning_and_nobody_is_asked(
    repos: PretendHub, examine: Examine
) -> None:
    repos.requests.clear()

    found = examine(
        RepoReference("acme/data"),
        HF_ENDPOINT=repos.endpoint,
        HF_HUB_OFFLINE="1",
        HF_TOKEN=TOKEN,
    )

    assert found["hub"].status is Health.WARN
    assert "HF_HUB_OFFLINE is set" in found["hub"].detail
    assert repos.requests.select() == []
