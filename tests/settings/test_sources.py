"""Options, environment, config file, defaults: who wins, and what is refused."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hfdl_core.errors import SettingsError
from hfdl_core.logs import LogFormat
from hfdl_core.models import DownloaderChoice
from hfdl_core.settings import Settings
from hfdl_core.timetable import Timetable


def _config(text: str, folder: Path) -> Path:
    path = folder / "config" / "hfdl" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_without_anything_the_defaults_hold(empty_machine: Path) -> None:
    settings = Settings.load({}, {})

    assert settings.redis_target() is None
    assert settings.connections == 2
    assert settings.grace_seconds == 30
    assert settings.stall_seconds == 60
    assert settings.downloader is DownloaderChoice.AUTO
    assert settings.log_format is LogFormat.TEXT
    assert settings.hf_endpoint == "https://huggingface.co"
    assert settings.hf_token is None
    assert settings.user_agent.startswith("hfdl/")
    assert settings.warnings == ()


def test_options_beat_environment_beats_file_beats_default(empty_machine: Path) -> None:
    _config("connections = 3\nstall_seconds = 30\nlog_level = 'ERROR'\n", empty_machine)

    settings = Settings.load(
        {"connections": 5}, {"HFDL_CONNECTIONS": "4", "HFDL_STALL_SECONDS": "40"}
    )

    assert settings.connections == 5
    assert settings.stall_seconds == 40
    assert settings.log_level == "ERROR"


def test_options_not_given_and_empty_variables_do_not_count() -> None:
    settings = Settings.load(
        {"connections": None, "allow_path": ()},
        {"HFDL_CONNECTIONS": "", "HFDL_WORKER_ID": "  ", "HFDL_ALLOW_PATH": "/data"},
    )

    assert settings.connections == 2
    assert settings.worker_id is None
    assert settings.allow_path == (Path("/data"),)


@pytest.mark.parametrize("field", sorted(Settings.model_fields.keys() - {"warnings", "config"}))
def test_every_setting_has_its_variable_and_its_key(field: str, empty_machine: Path) -> None:
    values: dict[str, object] = {
        "redis_port": 6380,
        "connections": 3,
        "grace_seconds": 5,
        "exit_when_idle_seconds": 5,
        "stall_seconds": 5,
        "limit_rate": "1MB",
        "log_level": "ERROR",
        "log_format": "json",
        "downloader": "http",
        "hf_hub_offline": True,
        "proxy": "http://proxy:3128",
        "collector_proxy": "http://proxy:3128",
        "collector_url": "http://master:7000",
        "collector_port": 6390,
        "hf_endpoint": "http://mirror",
        "redis_url": "redis://host",
    }
    file = empty_machine / "a-file"
    file.write_text("text")
    file.chmod(0o600)
    value = values.get(field, str(file) if field.endswith(("_file", "_cert", "_key")) else "text")
    name = {"exit_when_idle_seconds": "exit_when_idle", "grace_seconds": "grace"}.get(field, field)
    variable = name.upper() if field.startswith("hf_") else f"HFDL_{name.upper()}"
    address = {"redis_host": "h"} if field == "redis_ca_file" else {}

    by_variable = Settings.load(address, {variable: str(value)})
    _config(f"{name} = {str(value).lower() if value is True else repr(value)}\n", empty_machine)
    by_key = Settings.load(address, {})

    assert by_variable == by_key
    assert field in by_variable.model_fields_set


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"HFDL_REDIS_PORT": "abc"}, "HFDL_REDIS_PORT=abc: a port is a number from 1 to 65535"),
        ({"HFDL_REDIS_PORT": "0"}, "HFDL_REDIS_PORT=0: a port is a number from 1 to 65535"),
        ({"HFDL_REDIS_PORT": "-1"}, "HFDL_REDIS_PORT=-1: a port is a number from 1 to 65535"),
        ({"HFDL_REDIS_PORT": "65536"}, "HFDL_REDIS_PORT=65536: a port is a number from 1 to 65535"),
        (
            {"HFDL_CONNECTIONS": "-2"},
            "HFDL_CONNECTIONS=-2: a number of connections is a number from 1 to 64",
        ),
        (
            {"HFDL_GRACE": "-1"},
            "HFDL_GRACE=-1: a wait is a number of seconds from 0 to 604800",
        ),
        (
            {"HFDL_STALL_SECONDS": "nan"},
            "HFDL_STALL_SECONDS=nan: the stall watchdog is a number of seconds from 1 to 604800",
        ),
        (
            {"HFDL_LIMIT_RATE": "fast"},
            "HFDL_LIMIT_RATE=fast: a rate is a size a second, such as 500k, 1MB or 2MiB/s, or off",
        ),
        ({"HFDL_DOWNLOADER": "wget"}, "HFDL_DOWNLOADER=wget: it is one of auto, http, hub"),
        (
            {"HFDL_LOG_LEVEL": "LOUD"},
            "HFDL_LOG_LEVEL=LOUD: it is one of DEBUG, INFO, WARNING, ERROR",
        ),
        ({"HFDL_CA_FILE": "/no/such"}, "HFDL_CA_FILE=/no/such: there is no such file"),
        ({"HF_HUB_OFFLINE": "maybe"}, "HF_HUB_OFFLINE=maybe: it is 1 or 0"),
        (
            {"HF_ENDPOINT": "huggingface.co"},
            "HF_ENDPOINT=huggingface.co: it is an address such as https://host or http://host:8080",
        ),
        (
            {"HFDL_WORKER_ID": "a/b"},
            (
                "HFDL_WORKER_ID=a/b:"
                " a worker id is up to 64 letters, digits, dots, dashes and underscores"
            ),
        ),
        ({"HFDL_CONFIG": "/no/such"}, "HFDL_CONFIG=/no/such: there is no such file"),
    ],
)
def test_a_wrong_value_is_one_clear_line(environ: Mapping[str, str], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load({}, environ)

    assert str(refused.value) == line


@pytest.mark.parametrize(
    ("environ", "nearest"),
    [
        ({"HFDL_REDIS_ULR": "x"}, "HFDL_REDIS_URL"),
        ({"HFDL_REDISHOST": "x"}, "HFDL_REDIS_HOST"),
        ({"HFDL_HF_TOKEN": "x"}, "HF_TOKEN"),
        ({"HFDL_EXIT_WHEN_IDLE_SECONDS": "5"}, "HFDL_EXIT_WHEN_IDLE"),
        ({"HFDL_WARNINGS": ""}, ""),
    ],
)
def test_a_misspelt_variable_is_an_error_that_knows_the_right_one(
    environ: Mapping[str, str], nearest: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load({}, environ)

    (name,) = environ
    assert str(refused.value).startswith(
        f"{name}: there is no such setting; did you mean {nearest}"
    )


def test_a_misspelt_key_names_the_file_and_the_right_one(empty_machine: Path) -> None:
    path = _config("conections = 3\n", empty_machine)

    with pytest.raises(SettingsError) as refused:
        Settings.load({}, {})

    assert str(refused.value) == (
        f"conections in {path}: there is no such setting; did you mean connections?"
    )


def test_a_wrong_value_in_the_file_names_key_and_file(empty_machine: Path) -> None:
    path = _config("redis_port = true\n", empty_machine)

    with pytest.raises(SettingsError) as refused:
        Settings.load({}, {})

    assert str(refused.value) == (
        f"redis_port = True in {path}: a port is a number from 1 to 65535"
    )


def test_a_wrong_option_is_named_as_it_was_typed() -> None:
    with pytest.raises(SettingsError, match=r"^--exit-when-idle -1: "):
        Settings.load({"exit_when_idle": -1}, {})


@pytest.mark.parametrize("text", ["connections = ", "= 3", "\x00"])
def test_a_file_that_is_no_toml_is_named(empty_machine: Path, text: str) -> None:
    path = _config(text, empty_machine)

    with pytest.raises(SettingsError, match=f"^config file {path}: ") as refused:
        Settings.load({}, {})

    assert "\n" not in str(refused.value)


def test_a_file_named_by_an_option_replaces_the_usual_one(empty_machine: Path) -> None:
    _config("connections = 3\n", empty_machine)
    other = empty_machine / "other.toml"
    other.write_text("stall_seconds = 7\n")

    settings = Settings.load({"config": str(other)}, {"HFDL_CONFIG": "/no/such"})

    assert (settings.connections, settings.stall_seconds) == (2, 7)
    assert settings.config == other


def test_lists_can_be_written_everywhere(empty_machine: Path) -> None:
    _config('allow_path = ["/a", "~/b"]\nproxy = "http://one:1, http://two:2"\n', empty_machine)

    by_key = Settings.load({}, {})
    by_variable = Settings.load(
        {}, {"HFDL_ALLOW_PATH": "/a:~/b", "HFDL_PROXY": "http://one:1 http://two:2"}
    )
    by_option = Settings.load(
        {"allow_path": ("/a", Path("~/b")), "proxy": ("http://one:1", "http://two:2")}, {}
    )

    assert by_key.allow_path == (Path("/a"), empty_machine / "b")
    assert by_key.model_dump() == by_variable.model_dump() == by_option.model_dump()


def test_off_lifts_a_limit_that_a_weaker_source_set() -> None:
    environ = {"HFDL_LIMIT_RATE": "1MB"}

    assert Settings.load({}, environ).limit_rate == Timetable.parse("1MB")
    assert Settings.load({"limit_rate": "off"}, environ).limit_rate is None


def test_settings_cannot_be_changed() -> None:
    settings = Settings.load({}, {})

    with pytest.raises(ValueError, match="frozen"):
        settings.connections = 9  # type: ignore[misc]  # that is the point


def test_settings_are_read_without_the_heavy_libraries() -> None:
    program = (
        "import sys\n"
        "from hfdl_core.settings import Settings\n"
        "Settings.load({}, {})\n"
        "heavy = {'redis', 'requests', 'huggingface_hub', 'asyncio', 'textual'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )

    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert finished.stdout.strip() == "[]"
