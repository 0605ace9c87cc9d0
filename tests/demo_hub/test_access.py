import time

import pytest
import requests

from hfdl_tui.demo.hub import Access, PretendHub, Quotas

ANN = {"Authorization": "Bearer hf_ann"}
BOB = {"Authorization": "Bearer hf_bob"}
BAD = {"Authorization": "Bearer hf_unknown"}


@pytest.fixture
def asked(hub: PretendHub, session: requests.Session) -> "Asked":
    hub.add_token("hf_ann", "ann", ["acme/closed"])
    hub.add_token("hf_bob", "bob")
    return Asked(hub, session)


class Asked:
    """Status, error code and message of metadata and of a file of one repo."""

    def __init__(self, hub: PretendHub, session: requests.Session) -> None:
        self.hub = hub
        self.session = session

    def metadata(self, headers: dict[str, str]) -> tuple[int, str | None, str | None]:
        return self._told(f"{self.hub.endpoint}/api/datasets/acme/closed", headers)

    def auth_check(self, headers: dict[str, str]) -> tuple[int, str | None, str | None]:
        return self._told(f"{self.hub.endpoint}/api/datasets/acme/closed/auth-check", headers)

    def file(self, headers: dict[str, str]) -> tuple[int, str | None, str | None]:
        return self._told(f"{self.hub.endpoint}/datasets/acme/closed/resolve/main/a", headers)

    def _told(self, url: str, headers: dict[str, str]) -> tuple[int, str | None, str | None]:
        answer = self.session.get(url, headers=headers, timeout=5)
        code, message = (answer.headers.get(f"X-Error-{name}") for name in ("Code", "Message"))
        return answer.status_code, code, message


def test_gated_repos_show_their_metadata_and_keep_their_files(asked: Asked) -> None:
    asked.hub.add_repo("acme/closed", {"a": b""}, access=Access.GATED)

    assert asked.metadata({})[0] == asked.metadata(BOB)[0] == 200
    for look in (asked.file, asked.auth_check):
        assert look({})[:2] == (401, "GatedRepo")
        assert look(BAD)[:2] == (401, "GatedRepo")
        assert look(BOB)[:2] == (403, "GatedRepo")
        assert look(ANN)[:2] == (200, None)


def test_private_repos_look_missing_to_those_without_access(asked: Asked) -> None:
    asked.hub.add_repo("acme/closed", {"a": b""}, access=Access.PRIVATE)

    for look in (asked.metadata, asked.file, asked.auth_check):
        assert look({}) == (401, None, "Invalid username or password.")
        assert look(BOB)[:2] == (404, "RepoNotFound")
        assert look(ANN)[0] == 200


def test_missing_repos_look_private(asked: Asked) -> None:
    for look in (asked.metadata, asked.file, asked.auth_check):
        assert look({}) == (401, None, "Invalid username or password.")
        assert look(ANN)[:2] == (404, "RepoNotFound")


def test_disabled_repos_say_so_without_a_code(asked: Asked) -> None:
    asked.hub.add_repo("acme/closed", {"a": b""}, access=Access.DISABLED)

    for look in (asked.metadata, asked.file):
        assert look(ANN) == (403, None, "Access to this resource is disabled.")


def test_a_token_that_nobody_knows_is_refused_everywhere(asked: Asked) -> None:
    asked.hub.add_repo("acme/closed", {"a": b""})

    for look in (asked.metadata, asked.file):
        assert look(BAD) == (401, None, "Invalid credentials in Authorization header")
        assert look({})[0] == 200


def test_a_grant_can_be_taken_away_while_the_hub_runs(asked: Asked) -> None:
    repo = asked.hub.add_repo("acme/closed", {"a": b""})
    assert asked.file({})[0] == 200

    repo.access = Access.GATED

    assert asked.file({})[0] == 401


def test_whoami_tells_the_name_behind_a_token(asked: Asked) -> None:
    url = f"{asked.hub.endpoint}/api/whoami-v2"

    assert asked.session.get(url, headers=ANN, timeout=5).json()["name"] == "ann"
    assert asked.session.get(url, timeout=5).status_code == 401
    assert asked.session.get(url, headers=BAD, timeout=5).status_code == 401


def test_search_hides_what_the_caller_may_not_see(asked: Asked) -> None:
    asked.hub.add_repo("acme/closed", {}, access=Access.PRIVATE)
    url = f"{asked.hub.endpoint}/api/datasets?search=closed"

    assert asked.session.get(url, timeout=5).json() == []
    assert len(asked.session.get(url, headers=ANN, timeout=5).json()) == 1
    assert asked.session.get(url, headers=BAD, timeout=5).status_code == 401


@pytest.mark.usefixtures("repo")
def test_every_answer_of_the_hub_tells_what_is_left_of_its_quota(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    hub.options.quotas = Quotas.anonymous()

    page = session.get(f"{hub.endpoint}/some/page", timeout=5)
    api = session.get(f"{hub.endpoint}/api/datasets/nobody/nothing", timeout=5)
    file = session.get(big_url, timeout=5)

    assert page.headers["RateLimit"] == '"pages";r=99;t=300'
    assert api.headers["RateLimit"] == '"api";r=499;t=300'
    assert api.headers["RateLimit-Policy"] == '"fixed window";"api";q=500;w=300'
    assert file.history[0].headers["RateLimit"] == '"resolvers";r=2999;t=300'
    assert "RateLimit" not in file.headers


@pytest.mark.usefixtures("repo")
def test_a_caller_over_its_quota_is_refused_until_the_window_ends(
    hub: PretendHub, session: requests.Session
) -> None:
    hub.options.quotas = Quotas(api=2, window=2.0)
    hub.add_token("hf_ann", "ann")
    url = f"{hub.endpoint}/api/datasets/acme/tiny"

    statuses = [session.get(url, timeout=5).status_code for _ in range(3)]
    refused = session.get(url, timeout=5)
    other = session.get(url, headers={"X-Pretend-Client": "other"}, timeout=5)
    token = session.get(url, headers=ANN, timeout=5)
    next_window = wait_for_status(session, url, 200)

    assert statuses == [200, 200, 429]
    assert refused.headers["RateLimit"].startswith('"api";r=0;t=')
    assert other.status_code == token.status_code == 200
    assert next_window


def wait_for_status(session: requests.Session, url: str, status: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if session.get(url, timeout=5).status_code == status:
            return True
        time.sleep(0.1)
    return False
