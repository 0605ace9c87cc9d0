"""The Hub's own variables mean here what they mean to huggingface_hub."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hfdl_core.settings import Settings


def _token(environ: Mapping[str, str], options: Mapping[str, object] | None = None) -> str | None:
    found = Settings.load(options or {}, environ).hf_token
    return found.get_secret_value() if found else None


def _stored(folder: Path, token: str) -> str:
    path = folder / "token"
    path.write_text(token)
    path.chmod(0o600)
    return str(path)


def test_the_token_comes_from_the_first_of_the_hubs_places(tmp_path: Path) -> None:
    stored = {"HF_TOKEN_PATH": _stored(tmp_path, "stored\n")}
    old = {"HUGGING_FACE_HUB_TOKEN": "old", **stored}
    both = {"HF_TOKEN": " new\r\n", **old}

    tokens = [_token(both, {"hf_token": "option"}), _token(both), _token(old), _token(stored)]

    assert tokens == ["option", "new", "old", "stored"]
    assert _token({}) is None


def test_the_token_that_login_stored_is_found_under_hf_home(tmp_path: Path) -> None:
    _stored(tmp_path, "stored")

    assert _token({"HF_HOME": str(tmp_path)}) == "stored"
    assert _token({}, {"hf_home": str(tmp_path)}) == "stored"


def test_a_config_files_token_beats_the_stored_one(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("hf_token = 'configured'\n")
    config.chmod(0o600)
    stored = {"HF_TOKEN_PATH": _stored(tmp_path, "stored")}

    assert _token(stored, {"config": str(config)}) == "configured"


def test_no_token_is_taken_unasked_when_that_is_switched_off(tmp_path: Path) -> None:
    off = {
        "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
        "HF_TOKEN": "new",
        "HF_TOKEN_PATH": _stored(tmp_path, "stored"),
    }

    assert _token(off) is None
    assert _token(off, {"hf_token": "asked for"}) == "asked for"


def test_an_unreadable_token_file_is_a_warning_not_an_end(tmp_path: Path) -> None:
    (tmp_path / "token").mkdir()

    settings = Settings.load({}, {"HF_HOME": str(tmp_path)})

    assert settings.hf_token is None
    assert "token" in settings.warnings[0]


@pytest.mark.parametrize(
    ("environ", "offline"),
    [
        ({"HF_HUB_OFFLINE": "1"}, True),
        ({"HF_HUB_OFFLINE": "YES"}, True),
        ({"HF_HUB_OFFLINE": "0"}, False),
        ({"TRANSFORMERS_OFFLINE": "1"}, True),
        ({"HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "1"}, False),
        ({}, False),
    ],
)
def test_offline_is_what_the_hub_calls_offline(environ: Mapping[str, str], offline: bool) -> None:
    assert Settings.load({}, environ).hf_hub_offline is offline


def test_the_endpoint_loses_its_trailing_slash() -> None:
    settings = Settings.load({}, {"HF_ENDPOINT": "http://mirror.lan:8080/hub/"})

    assert settings.hf_endpoint == "http://mirror.lan:8080/hub"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"XDG_CACHE_HOME": "/cache"},
        {"HF_HOME": "~/hub-home"},
        {"BASE": "/base", "HF_HOME": "$BASE/home"},
        {"HF_HOME": "/home", "HF_HUB_CACHE": "/elsewhere"},
    ],
)
def test_directories_are_those_of_huggingface_hub(
    environ: Mapping[str, str], empty_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "from huggingface_hub.constants import *; print(HF_HOME, HF_HUB_CACHE)"
    clean = {"PATH": os.environ["PATH"], "HOME": str(empty_machine), **environ}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)  # expandvars looks there

    settings = Settings.load({}, clean)

    theirs = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=clean
    )
    assert theirs.stdout.split() == [str(settings.hf_home), str(settings.hf_hub_cache)]


def test_one_ca_option_stands_above_what_other_tools_use(tmp_path: Path) -> None:
    names = ("ours", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    bundles = {name: tmp_path / name for name in names}
    for bundle in bundles.values():
        bundle.touch()
    environ = {name: str(bundles[name]) for name in names[1:]}

    chosen = [Settings.load({"ca_file": str(bundles["ours"])}, environ).ca_file]
    for name in names[1:]:
        chosen.append(Settings.load({}, environ).ca_file)
        environ.pop(name)

    assert chosen == [bundles[name] for name in names]
    assert Settings.load({}, environ).ca_file is None


def test_another_tools_bundle_that_is_not_there_is_passed_by_with_a_warning(
    tmp_path: Path,
) -> None:
    there = tmp_path / "ca.pem"
    there.touch()

    settings = Settings.load({}, {"SSL_CERT_FILE": "/no/such", "CURL_CA_BUNDLE": str(there)})

    assert settings.ca_file == there
    assert settings.warnings == ("SSL_CERT_FILE=/no/such: there is no such file; it is ignored",)
