"""This machine's own trouble: proxy, name service, certificates, no way at all."""

import socket
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hfdl_core.errors import ErrorScope, WorkerOffline
from hfdl_core.transfer import FileSource, HttpDownloader
from hfdl_tui.demo.hub import PretendHub
from tests.transfer.asking import fetch
from tests.transfer.conftest import BIG, README
from tests.transfer.middlebox import Proxy, TlsFront, deaf_address, make_certificate, serving


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls(hub: PretendHub, certificate: tuple[Path, Path]) -> Iterator[TlsFront]:
    front = TlsFront(*certificate, hub.endpoint)
    with serving(front):
        yield front


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_name_that_nobody_knows_is_named(big: FileSource, downloader: HttpDownloader) -> None:
    unknown = replace(big, endpoint="http://hub.invalid")

    with pytest.raises(WorkerOffline, match=r"cannot reach hub\.invalid: .*\(DNS\)"):
        fetch(downloader, unknown)


def test_a_name_that_no_name_service_can_hold_is_no_crash(
    big: FileSource, downloader: HttpDownloader
) -> None:
    unknown = replace(big, endpoint=f"http://{'a' * 70}.invalid")

    with pytest.raises(WorkerOffline, match="cannot reach"):
        fetch(downloader, unknown)


def test_a_refused_connection_names_the_host(big: FileSource, downloader: HttpDownloader) -> None:
    port = _free_port()

    with pytest.raises(WorkerOffline) as caught:
        fetch(downloader, replace(big, endpoint=f"http://127.0.0.1:{port}"))

    assert str(caught.value) == f"cannot reach 127.0.0.1:{port}: it refuses connections"
    assert caught.value.scope is ErrorScope.WORKER


def test_a_host_that_never_answers_is_given_up_after_the_connect_timeout(
    big: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    with deaf_address() as (host, port):
        deaf = replace(big, endpoint=f"http://{host}:{port}")

        with pytest.raises(WorkerOffline, match="it does not answer"):
            fetch(make_http(connect_seconds=0.3), deaf)


def test_everything_goes_through_the_proxy_that_was_named(
    hub: PretendHub, big: FileSource, readme: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    with serving(proxy := Proxy("ann:pass word")):
        downloader = make_http(proxy=f"http://ann:pass%20word@{proxy.address}")

        assert fetch(downloader, big) == BIG
        assert fetch(downloader, readme) == README

    assert len(proxy.asked) == len(hub.requests.select()) == 4


def test_the_environment_s_proxy_is_used_where_none_was_named(
    big: FileSource, downloader: HttpDownloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(proxy := Proxy()):
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        fetch(downloader, big, 0, 10)
        monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
        fetch(downloader, big, 10, 20)

    assert len(proxy.asked) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("HTTP_PROXY", "http://127.0.0.1:1"), ("NO_PROXY", "127.0.0.0/8")]
)
def test_a_proxy_that_was_named_wins_over_the_environment(
    big: FileSource,
    make_http: Callable[..., HttpDownloader],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)

    with serving(proxy := Proxy()):
        fetch(make_http(proxy=f"http://{proxy.address}"), big, 0, 10)

    assert len(proxy.asked) == 2


def test_a_proxy_that_is_away_is_named_without_its_password(
    big: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    port = _free_port()
    downloader = make_http(proxy=f"http://ann:secret@127.0.0.1:{port}")

    with pytest.raises(
        WorkerOffline, match=f"through proxy 127.0.0.1:{port}: it refuses"
    ) as caught:
        fetch(downloader, big)

    assert "secret" not in "".join(traceback.format_exception(caught.value)) + repr(downloader)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password_says_so(
    big: FileSource, tls: TlsFront, make_http: Callable[..., HttpDownloader], scheme: str
) -> None:
    source = big if scheme == "http" else replace(big, endpoint=tls.endpoint)

    with serving(proxy := Proxy("ann:secret")):
        downloader = make_http(proxy=f"http://ann:guess@{proxy.address}")

        with pytest.raises(WorkerOffline, match="407") as caught:
            fetch(downloader, source)

    assert "guess" not in "".join(traceback.format_exception(caught.value))


def test_a_proxy_that_reaches_nobody_is_this_worker_s_trouble(
    big: FileSource, tls: TlsFront, make_http: Callable[..., HttpDownloader]
) -> None:
    with serving(proxy := Proxy(connect_status=502)):
        downloader = make_http(proxy=f"http://{proxy.address}")

        with pytest.raises(WorkerOffline, match=rf"through proxy {proxy.address}: .*502"):
            fetch(downloader, replace(big, endpoint=tls.endpoint))


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "gopher://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    big: FileSource, make_http: Callable[..., HttpDownloader], proxy: str
) -> None:
    named = proxy.replace("://", "://ann:secret@")

    with pytest.raises(WorkerOffline) as caught:
        fetch(make_http(proxy=named), big)

    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_a_certificate_is_trusted_with_the_bundle_that_was_named(
    readme: FileSource,
    tls: TlsFront,
    certificate: tuple[Path, Path],
    make_http: Callable[..., HttpDownloader],
) -> None:
    source = replace(readme, endpoint=tls.endpoint)

    with serving(proxy := Proxy()):
        straight = make_http(ca_file=certificate[0])
        through = make_http(ca_file=certificate[0], proxy=f"http://{proxy.address}")

        assert fetch(straight, source) == README
        assert fetch(through, source) == README

    assert proxy.asked == [f"CONNECT {tls.endpoint.removeprefix('https://')}"]


def test_the_bundle_of_the_environment_serves_where_none_was_named(
    readme: FileSource,
    tls: TlsFront,
    certificate: tuple[Path, Path],
    downloader: HttpDownloader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))

    assert fetch(downloader, replace(readme, endpoint=tls.endpoint)) == README


def test_the_bundle_that_was_named_wins_over_the_environment(
    readme: FileSource,
    tls: TlsFront,
    certificate: tuple[Path, Path],
    make_http: Callable[..., HttpDownloader],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")

    downloader = make_http(ca_file=certificate[0])

    assert fetch(downloader, replace(readme, endpoint=tls.endpoint)) == README


def test_a_certificate_nobody_vouches_for_is_refused_and_says_what_to_do(
    readme: FileSource, tls: TlsFront, hub: PretendHub, downloader: HttpDownloader
) -> None:
    with pytest.raises(WorkerOffline, match=r"not trusted here.*HFDL_CA_FILE") as caught:
        fetch(downloader, replace(readme, endpoint=tls.endpoint))

    assert tls.endpoint.removeprefix("https://") in str(caught.value)
    assert not hub.requests.select()


@pytest.mark.parametrize("text", [None, "not a certificate"])
def test_a_bundle_that_cannot_be_read_is_told(
    readme: FileSource,
    tls: TlsFront,
    make_http: Callable[..., HttpDownloader],
    tmp_path: Path,
    text: str | None,
) -> None:
    bundle = tmp_path / "bundle.pem"
    if text is not None:
        bundle.write_text(text)

    with pytest.raises(WorkerOffline, match="cannot reach"):
        fetch(make_http(ca_file=bundle), replace(readme, endpoint=tls.endpoint))
