"""The token goes to the Hub and to nobody else; every way out works and fails in plain words."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from hfdl_core.errors import HfdlError, HubUnavailable, RepoNotFound, SettingsError
from hfdl_core.hub import HubCatalog, RetryPatience
from hfdl_core.models import RepoType
from hfdl_tui.demo.hub import Access, PretendHub, Role
from tests.hub.conftest import JumpingClock, MakeCatalog
from tests.hub.scripted import Scripted, ScriptedServer, scripted_server
from tests.transfer.middlebox import Proxy, TlsFront, make_certificate, serving

TOKEN = "hf_secretsecretsecret"
FILES = {"README.md": b"hello"}
REVISION = "/api/models/gpt2/revision/main"
COMMIT = "1234567890" * 4
FOUND = Scripted(value={"sha": COMMIT})


def resolve(catalog: HubCatalog) -> str:
    return catalog.resolve("gpt2", RepoType.MODEL, None).commit


def chain_of(error: BaseException) -> str:
    """Everything that a traceback would show of an error's text."""
    texts = []
    inner: BaseException | None = error
    while inner is not None:
        texts.append(f"{inner!r} {inner}")
        inner = inner.__cause__ or (None if inner.__suppress_context__ else inner.__context__)
    return " ".join(texts)


def test_every_request_carries_the_token_and_asks_for_plain_bytes(
    scripted: ScriptedServer, make_catalog: MakeCatalog
) -> None:
    scripted.answers[REVISION] = FOUND

    resolve(make_catalog(scripted.url, f" {TOKEN}\n"))

    (asked,) = scripted.asked
    assert asked.authorization == f"Bearer {TOKEN}"
    assert asked.accept_encoding == "identity"


@pytest.mark.parametrize("token", [None, TOKEN])
def test_netrc_is_never_used(
    scripted: ScriptedServer,
    make_catalog: MakeCatalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    token: str | None,
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login ann password fromnetrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    scripted.answers[REVISION] = Scripted(307, b"", {"Location": "/elsewhere"})
    scripted.answers["/elsewhere"] = FOUND

    resolve(make_catalog(scripted.url, token))

    expected = None if token is None else f"Bearer {token}"
    assert [asked.authorization for asked in scripted.asked] == [expected, expected]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.3"], ids=["other port", "other host"])
def test_token_stays_at_home_when_a_redirect_leads_away_and_back(
    scripted: ScriptedServer, make_catalog: MakeCatalog, host: str
) -> None:
    with scripted_server(host) as elsewhere:
        scripted.answers[REVISION] = Scripted(
            307, b"", {"Location": f"{elsewhere.url}/away?of={TOKEN[:3]}"}
        )
        elsewhere.answers["/away"] = Scripted(302, b"", {"Location": f"{scripted.url}/back"})
        scripted.answers["/back"] = FOUND

        commit = resolve(make_catalog(scripted.url, TOKEN))

    assert commit == COMMIT
    assert [asked.authorization for asked in elsewhere.asked] == [None]
    assert [asked.authorization for asked in scripted.asked] == [f"Bearer {TOKEN}", None]


def test_check_of_access_does_not_follow_a_file_to_the_cdn(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    hub.add_repo("acme/private", {"big.bin": b"x" * 1000}, access=Access.PRIVATE)
    hub.add_token(TOKEN, repos=["acme/private"])
    catalog = make_catalog(hub.endpoint, TOKEN)
    snapshot = catalog.resolve("acme/private", None, None)
    (sample,) = catalog.list_files(snapshot)

    answer = catalog._connection.first_byte(
        f"/datasets/acme/private/resolve/{snapshot.commit}/{sample.path}"
    )

    assert answer.left_home
    assert hub.requests.select(role=Role.CDN) == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.3\\@127.0.0.1/x",
        "file:///etc/passwd",
        "http://[half/x",
        "http://127.0.0.1:99999/x",
        "ftp://127.0.0.1/x",
    ],
)
def test_redirect_that_cannot_be_trusted_is_refused(
    scripted: ScriptedServer, make_catalog: MakeCatalog, location: str
) -> None:
    scripted.answers[REVISION] = Scripted(302, b"", {"Location": location})

    with pytest.raises(HubUnavailable) as refusal:
        resolve(make_catalog(scripted.url, TOKEN))

    assert len(scripted.asked) == 1
    assert TOKEN not in chain_of(refusal.value)


def test_redirects_in_circles_are_refused(
    scripted: ScriptedServer, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    scripted.answers[REVISION] = Scripted(302, b"", {"Location": REVISION})

    with pytest.raises(HubUnavailable, match="in circles"):
        resolve(make_catalog(scripted.url))

    assert clock.waits == []


def test_redirect_keeps_the_query_and_reads_utf8(
    scripted: ScriptedServer, make_catalog: MakeCatalog
) -> None:
    place = "/api/models/é?x=1"
    scripted.answers[REVISION] = Scripted(307, b"", {"Location": place.encode().decode("latin-1")})
    scripted.answers["/api/models/%C3%A9?x=1"] = FOUND

    assert resolve(make_catalog(scripted.url)) == COMMIT


@pytest.mark.parametrize("token", ["", " ", "two words", "line\nbreak", "naïve"])
def test_impossible_token_is_refused_without_showing_it(
    make_catalog: MakeCatalog, token: str
) -> None:
    with pytest.raises(SettingsError, match="HF_TOKEN") as refusal:
        make_catalog("http://127.0.0.1:1", token)

    assert not token.strip() or token not in chain_of(refusal.value)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "huggingface.co",
        "ftp://huggingface.co",
        "https://",
        "https://user:secret@huggingface.co",
        "https://huggingface.co?x=1",
        "https://huggingface.co#x",
        "http://[::1",
        "http://host:port",
    ],
)
def test_impossible_endpoint_is_refused_naming_the_setting(
    make_catalog: MakeCatalog, endpoint: str
) -> None:
    with pytest.raises(SettingsError, match="HF_ENDPOINT") as refusal:
        make_catalog(endpoint)

    assert "secret" not in chain_of(refusal.value)


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_proxy_of_the_environment_is_used(
    hub: PretendHub,
    make_catalog: MakeCatalog,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    hub.add_repo("gpt2", FILES, "model")
    proxy = Proxy()
    with serving(proxy):
        monkeypatch.setenv(variable, f"http://{proxy.address}")

        resolve(make_catalog(hub.endpoint))

    assert len(proxy.asked) == 1


def test_no_proxy_is_honoured(
    hub: PretendHub, make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_repo("gpt2", FILES, "model")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")

    assert resolve(make_catalog(hub.endpoint))


def test_given_proxy_stands_before_the_environment(
    hub: PretendHub, make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_repo("gpt2", FILES, "model")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    proxy = Proxy(credentials="ann:secretword")
    with serving(proxy):
        resolve(make_catalog(hub.endpoint, proxy=f"http://ann:secretword@{proxy.address}"))

    assert len(proxy.asked) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_wants_another_password_is_told_without_it(
    make_catalog: MakeCatalog,
    clock: JumpingClock,
    caplog: pytest.LogCaptureFixture,
    scheme: str,
) -> None:
    caplog.set_level(logging.DEBUG, "hfdl_core")
    proxy = Proxy(credentials="ann:other")
    with serving(proxy), pytest.raises(HubUnavailable, match="user name or password") as refusal:
        resolve(
            make_catalog(f"{scheme}://hub.invalid", proxy=f"http://ann:secretword@{proxy.address}")
        )

    assert clock.waits == []
    assert "secretword" not in chain_of(refusal.value) + caplog.text


@pytest.mark.parametrize(
    "proxy", ["http://ann:secretword@127.0.0.1:1", "http://ann:secretword@:x", "odd://secretword@h"]
)
def test_proxy_that_cannot_be_used_is_told_without_its_password(
    make_catalog: MakeCatalog, caplog: pytest.LogCaptureFixture, proxy: str
) -> None:
    caplog.set_level(logging.DEBUG, "hfdl_core")

    with pytest.raises(HubUnavailable, match="proxy") as refusal:
        resolve(make_catalog("http://hub.invalid", proxy=proxy))

    assert "secretword" not in chain_of(refusal.value) + caplog.text


MakeTlsCatalog = Callable[[Path | None], HubCatalog]


@pytest.fixture
def with_patience(clock: JumpingClock) -> RetryPatience:
    return RetryPatience(clock=clock, sleep=clock.sleep)


def ask_over_tls(
    endpoint: str, ca_file: Path | None, patience: RetryPatience, token: str | None = None
) -> str:
    catalog = HubCatalog(
        endpoint,
        SecretStr(token) if token else None,
        ca_file=ca_file,
        user_agent="hfdl-tests",
        patience=patience,
    )
    try:
        return resolve(catalog)
    finally:
        catalog.close()


def test_ca_file_is_believed_over_the_environment(
    hub: PretendHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    with_patience: RetryPatience,
) -> None:
    hub.add_repo("gpt2", FILES, "model")
    certificate, key = make_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/else.pem")
    front = TlsFront(certificate, key, hub.endpoint)
    with serving(front):
        assert ask_over_tls(front.endpoint, certificate, with_patience)


def test_unknown_certificate_is_refused_at_once(
    hub: PretendHub, tmp_path: Path, with_patience: RetryPatience, clock: JumpingClock
) -> None:
    front = TlsFront(*make_certificate(tmp_path), hub.endpoint)
    with serving(front), pytest.raises(HubUnavailable, match="HFDL_CA_FILE"):
        ask_over_tls(front.endpoint, None, with_patience, TOKEN)

    assert clock.waits == []
    assert len(hub.requests) == 0


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_unusable_ca_file_is_told_at_once(
    hub: PretendHub,
    tmp_path: Path,
    with_patience: RetryPatience,
    clock: JumpingClock,
    content: str | None,
) -> None:
    front = TlsFront(*make_certificate(tmp_path), hub.endpoint)
    ca_file = tmp_path / "other.pem"
    if content is not None:
        ca_file.write_text(content)

    with serving(front), pytest.raises(HubUnavailable, match="CA file"):
        ask_over_tls(front.endpoint, ca_file, with_patience)

    assert clock.waits == []


def test_tls_is_never_left_by_a_redirect(
    scripted: ScriptedServer, tmp_path: Path, with_patience: RetryPatience
) -> None:
    certificate, key = make_certificate(tmp_path)
    scripted.answers[REVISION] = Scripted(302, b"", {"Location": f"{scripted.url}/plain"})
    scripted.answers["/plain"] = FOUND
    front = TlsFront(certificate, key, scripted.url)

    with serving(front), pytest.raises(HubUnavailable, match="cannot be trusted"):
        ask_over_tls(front.endpoint, certificate, with_patience, TOKEN)

    assert len(scripted.asked) == 1


def test_cookies_are_not_kept(scripted: ScriptedServer, make_catalog: MakeCatalog) -> None:
    scripted.answers[REVISION] = Scripted(value={"sha": COMMIT}, headers={"Set-Cookie": "a=b"})
    catalog = make_catalog(scripted.url)

    resolve(catalog)

    assert list(catalog._connection._session.cookies) == []


def test_nothing_logged_or_shown_holds_the_token(
    scripted: ScriptedServer, make_catalog: MakeCatalog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.answers[REVISION] = Scripted(503, b"", {"X-Error-Message": f"busy {TOKEN}"})
    catalog = make_catalog(scripted.url, TOKEN)
    errors: list[HfdlError] = []

    for wanted in (RepoType.MODEL, RepoType.SPACE):
        with pytest.raises((HubUnavailable, RepoNotFound)) as refusal:
            catalog.resolve("gpt2", wanted, None)
        errors.append(refusal.value)

    shown = [caplog.text, repr(vars(catalog._connection)), *map(chain_of, errors)]
    assert TOKEN not in " ".join(shown)
