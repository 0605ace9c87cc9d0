"""What is told of proxies, certificates and names."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_core.doctor import Health
from hfdl_tui.demo.hub import PretendHub
from tests.doctor.conftest import Examine
from tests.transfer.middlebox import Proxy, TlsFront, make_certificate, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls(hub: PretendHub, certificate: tuple[Path, Path]) -> Iterator[TlsFront]:
    with serving(front := TlsFront(*certificate, hub.endpoint)):
        yield front


def test_the_usual_certificates_are_named(hub: PretendHub, examine: Examine) -> None:
    found = examine(HF_ENDPOINT=hub.endpoint)

    assert found["ca"].status is Health.OK
    assert "authorities are trusted: " in found["ca"].detail
    assert "the usual ones" in found["ca"].detail


def test_a_certificate_that_nobody_signed_names_the_way_out(
    tls: TlsFront, examine: Examine
) -> None:
    found = examine(HF_ENDPOINT=tls.endpoint)

    assert (found["hub"].status, found["hub"].exit_code) == (Health.FAIL, 3)
    assert "is not trusted: name your CA bundle in HFDL_CA_FILE" in found["hub"].text


def test_a_bundle_of_ones_own_is_used_and_named(
    tls: TlsFront, certificate: tuple[Path, Path], examine: Examine
) -> None:
    found = examine(HF_ENDPOINT=tls.endpoint, SSL_CERT_FILE=str(certificate[0]))

    assert found["hub"].status is Health.OK
    assert found["ca"].detail == f"1 authorities are trusted: {certificate[0]} (SSL_CERT_FILE)"


def test_a_bundle_that_holds_no_certificate_is_a_failure(
    hub: PretendHub, tmp_path: Path, examine: Examine
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("nothing of the kind\n")

    found = examine(HF_ENDPOINT=hub.endpoint, HFDL_CA_FILE=str(bundle))

    assert (found["ca"].status, found["ca"].exit_code) == (Health.FAIL, 1)
    assert f"{bundle} (HFDL_CA_FILE)" in found["ca"].detail


def test_a_tunnel_through_a_proxy_with_a_login_is_fine(
    tls: TlsFront, certificate: tuple[Path, Path], examine: Examine
) -> None:
    with serving(proxy := Proxy("ann:pw12345")):
        found = examine(
            HF_ENDPOINT=tls.endpoint,
            HFDL_CA_FILE=str(certificate[0]),
            HFDL_PROXY=f"http://ann:pw12345@{proxy.address}",
        )

    assert found["hub"].status is Health.OK
    assert f"answers through {proxy.address}" in found["hub"].detail
    assert found["proxy"].status is Health.OK
    assert found["proxy"].detail.startswith(f"{proxy.address}, named by HFDL_PROXY: ")
    assert all(asked.startswith("CONNECT ") for asked in proxy.asked)
    assert "looked up by the proxy" in found["dns"].detail
    assert "pw12345" not in str(found)


@pytest.mark.parametrize("is_encrypted", [True, False])
def test_a_proxy_that_wants_a_login_says_how_to_give_it(
    hub: PretendHub, tls: TlsFront, examine: Examine, is_encrypted: bool
) -> None:
    endpoint = tls.endpoint if is_encrypted else hub.endpoint
    with serving(proxy := Proxy("ann:pw12345")):
        found = examine(HF_ENDPOINT=endpoint, HFDL_PROXY=f"http://ann:wr0ngpw@{proxy.address}")

    assert (found["proxy"].status, found["proxy"].exit_code) == (Health.FAIL, 1)
    assert "407" in found["proxy"].detail
    assert found["proxy"].advice.endswith(": USER:PASSWORD@HOST:PORT")
    assert found["hub"].status is Health.FAIL
    assert "wr0ngpw" not in str(found)


def test_each_lane_is_tried_on_its_own(hub: PretendHub, examine: Examine) -> None:
    with socket.socket() as probe, serving(proxy := Proxy()):
        probe.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{probe.getsockname()[1]}"

        found = examine(
            HF_ENDPOINT=hub.endpoint, HFDL_PROXY=f"http://{proxy.address},http://ann:pw12345@{dead}"
        )

    assert found["hub"].status is Health.OK
    assert found["proxy"].status is Health.FAIL  # of the two the last
    assert f"through proxy {dead}: it refuses connections" in found["proxy"].detail
    assert "pw12345" not in str(found)


def test_a_proxy_of_the_environment_is_found(
    hub: PretendHub, examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(proxy := Proxy()):
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        through = examine(HF_ENDPOINT=hub.endpoint)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        around = examine(HF_ENDPOINT=hub.endpoint)

    assert through["proxy"].detail.startswith(f"{proxy.address}, named by the environment")
    assert f"answers through {proxy.address}" in through["hub"].detail
    assert around["proxy"].detail == "no proxy: the Hub is reached directly"


def test_a_proxy_is_not_tried_offline(hub: PretendHub, examine: Examine) -> None:
    with serving(proxy := Proxy()):
        found = examine(
            HF_ENDPOINT=hub.endpoint, HFDL_PROXY=f"http://{proxy.address}", HF_HUB_OFFLINE="1"
        )

    assert found["proxy"].status is Health.OK
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("endpoint", "status", "says"),
    [
        ("http://localhost:9", Health.OK, "localhost is "),
        ("http://hub.invalid", Health.FAIL, "the name hub.invalid is not known here"),
        (f"http://{'a' * 70}.invalid", Health.FAIL, "is not known here"),
        ("http://127.0.0.1:9", Health.OK, "there is no name to look up"),
    ],
)
def test_the_hubs_name_is_looked_up(
    examine: Examine, endpoint: str, status: Health, says: str
) -> None:
    found = examine(HF_ENDPOINT=endpoint)

    assert found["dns"].status is status
    assert says in found["dns"].detail
    assert "\n" not in found["dns"].text
