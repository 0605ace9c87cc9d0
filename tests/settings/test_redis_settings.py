"""Which Redis the settings mean, and who may read its password."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from hfdl_core.errors import SettingsError
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings

URL = "redis://:from-url@url-host:1/0"


def _file(folder: Path, text: str, mode: int = 0o600) -> str:
    path = folder / "password"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize(
    ("environ", "target"),
    [
        ({}, None),
        ({"HFDL_REDIS_PASSWORD": "alone"}, None),
        ({"HFDL_REDIS_HOST": "h"}, RedisTarget(host="h")),
        ({"HFDL_REDIS_PORT": "1"}, RedisTarget(port=1)),
        ({"HFDL_REDIS_URL": "redis://h:1/2"}, RedisTarget(host="h", port=1, database=2)),
        (
            {
                "HFDL_REDIS_URL": "redis://h",
                "HFDL_REDIS_PASSWORD": " p ",
                "HFDL_REDIS_USERNAME": "u",
            },
            RedisTarget(host="h", username="u", password=SecretStr(" p ")),
        ),
    ],
)
def test_what_is_set_is_what_is_meant(
    environ: Mapping[str, str], target: RedisTarget | None
) -> None:
    assert Settings.load({}, environ).redis_target() == target


def test_a_ca_file_turns_on_tls_for_a_host(tmp_path: Path) -> None:
    ca_file = _file(tmp_path, "pem")

    target = Settings.load({"redis_host": "h", "redis_ca_file": ca_file}, {}).redis_target()

    assert target == RedisTarget(host="h", tls=True, ca_file=Path(ca_file))


def test_a_ca_file_with_an_address_in_the_clear_is_refused(tmp_path: Path) -> None:
    ca_file = _file(tmp_path, "pem")

    with pytest.raises(SettingsError, match=r"^--redis-ca-file .*: is for rediss://"):
        Settings.load({"redis_url": "redis://h", "redis_ca_file": ca_file}, {})


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"redis_url": URL, "redis_host": "h"}, "--redis-url and --redis-host"),
        ({"redis_url": URL, "redis_port": 1}, "--redis-url and --redis-port"),
        ({"redis_url": URL, "redis_password": "p"}, "--redis-url and --redis-password"),
        (
            {"redis_password": "p", "redis_password_file": "f"},
            "--redis-password and --redis-password-file",
        ),
    ],
)
def test_one_source_that_says_it_twice_is_refused(
    options: Mapping[str, object], names: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load(options, {})

    assert str(refused.value) == f"{names} say the same thing twice: give one of them"


@pytest.mark.parametrize(
    ("options", "environ", "described", "password"),
    [
        ({"redis_url": URL}, {"HFDL_REDIS_HOST": "weak"}, "redis at url-host:1", "from-url"),
        ({"redis_url": URL}, {"HFDL_REDIS_PASSWORD": "weak"}, "redis at url-host:1", "from-url"),
        ({"redis_host": "h"}, {"HFDL_REDIS_URL": URL}, "redis at h:6379", None),
        ({"redis_port": 7}, {"HFDL_REDIS_URL": URL}, "redis at 127.0.0.1:7", None),
        ({"redis_password": "p"}, {"HFDL_REDIS_URL": URL}, "redis at url-host:1", "p"),
        ({"redis_host": "h"}, {"HFDL_REDIS_PASSWORD": "p"}, "redis at h:6379", "p"),
    ],
)
def test_the_stronger_source_decides_which_server_and_password(
    options: Mapping[str, object],
    environ: Mapping[str, str],
    described: str,
    password: str | None,
) -> None:
    target = Settings.load(options, environ).redis_target()

    assert target is not None
    assert target.describe() == described
    assert (target.password.get_secret_value() if target.password else None) == password


def test_the_password_is_the_first_line_of_its_file_to_the_letter(tmp_path: Path) -> None:
    settings = Settings.load({"redis_password_file": _file(tmp_path, " a b \r\nnotes\n")}, {})

    assert settings.redis_password == SecretStr(" a b ")
    assert settings.warnings == ()


@pytest.mark.parametrize("text", ["", "\n", "\nsecond line"])
def test_a_password_file_without_a_password_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="holds no password"):
        Settings.load({"redis_password_file": _file(tmp_path, text)}, {})


def test_a_password_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load({}, {"HFDL_REDIS_PASSWORD_FILE": "/no/such"})

    assert str(refused.value) == "HFDL_REDIS_PASSWORD_FILE=/no/such: No such file or directory"


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_password_file_that_others_can_read_warns(tmp_path: Path, mode: int) -> None:
    path = _file(tmp_path, "secret", mode)

    settings = Settings.load({"redis_password_file": path}, {})

    assert settings.warnings == (f"{path} holds a secret and others can read it; chmod 600 {path}",)


def test_a_config_file_with_a_secret_that_others_can_read_warns(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f"redis_url = '{URL}'\n")
    path.chmod(0o644)

    warned = Settings.load({"config": str(path)}, {}).warnings
    path.write_text("redis_url = 'redis://h'\n")
    silent = Settings.load({"config": str(path)}, {}).warnings

    assert len(warned) == 1
    assert f"chmod 600 {path}" in warned[0]
    assert silent == ()


@pytest.mark.parametrize(
    "options",
    [{"redis_password": "hush-hush"}, {"redis_url": "redis://:hush-hush@h"}],
)
def test_a_password_on_the_command_line_works_and_warns(options: Mapping[str, object]) -> None:
    settings = Settings.load(options, {})

    assert "hush-hush" in settings.secrets()
    assert len(settings.warnings) == 1
    assert "process list" in settings.warnings[0]
    assert "hush-hush" not in settings.warnings[0]


@pytest.mark.parametrize(
    "environ",
    [
        {"HFDL_REDIS_URL": "redis://:hush-hush@host:abc"},
        {"HFDL_REDIS_URL": "http://:hush-hush@host"},
        {"HFDL_REDIS_URL": "redis://:hush-hush@[::1"},
        {"HFDL_REDIS_URL": "redis://:hush-hush@host/x"},
        {"HFDL_PROXY": "socks5://u:hush-hush@host"},
        {"HFDL_COLLECTOR_PROXY": "u:hush-hush@host"},
    ],
)
def test_a_wrong_address_is_refused_without_its_password(environ: Mapping[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load({}, environ)

    (name,) = environ
    assert str(refused.value).startswith(f"{name}: ")
    assert "hush-hush" not in str(refused.value)


def test_nothing_secret_shows_in_the_repr_and_every_secret_is_listed() -> None:
    settings = Settings.load(
        {},
        {
            "HFDL_REDIS_URL": "redis://:one%2Fsecret@h",
            "HF_TOKEN": "hf_two_secret",
            "HFDL_PROXY": "http://u:three_secret@proxy:1",
            "HFDL_COLLECTOR_PROXY": "http://u:four_secret@proxy:1",
        },
    )

    assert set(settings.secrets()) == {
        "one/secret",
        "hf_two_secret",
        "three_secret",
        "four_secret",
    }
    assert "secret@" not in repr(settings)
    assert "two_secret" not in repr(settings)


@pytest.mark.parametrize(
    ("url", "target", "described"),
    [
        ("redis://", RedisTarget(), "redis at 127.0.0.1:6379"),
        ("redis://h:6380", RedisTarget(host="h", port=6380), "redis at h:6380"),
        ("redis://h/3", RedisTarget(host="h", database=3), "redis at h:6379/3"),
        ("redis://h?db=3", RedisTarget(host="h", database=3), "redis at h:6379/3"),
        (
            "rediss://[::1]:6380",
            RedisTarget(host="::1", port=6380, tls=True),
            "redis at [::1]:6380",
        ),
        (
            "redis://user:p%40ss@h",
            RedisTarget(host="h", username="user", password=SecretStr("p@ss")),
            "redis at h:6379",
        ),
        (
            "unix://user:p@/run/r.sock?db=1",
            RedisTarget(
                unix_socket=Path("/run/r.sock"),
                database=1,
                username="user",
                password=SecretStr("p"),
            ),
            "redis at /run/r.sock",
        ),
    ],
)
def test_a_redis_address_is_read_and_told(url: str, target: RedisTarget, described: str) -> None:
    read = RedisTarget.from_url(SecretStr(url))

    assert read == target
    assert read.describe() == described
