"""Log lines: readable, whole, and without a secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from hfdl_core.logs import LogFormat, Redactor, set_up_logging

SECRET = "corr3ct horse/battery"
logger = logging.getLogger("hfdl_core.some_room")


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    own = {name: logging.getLogger(name).level for name in ("hfdl_core", "hfdl_tui")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in own.items():
        logging.getLogger(name).setLevel(before)


def test_a_text_line_holds_level_sentence_and_fields(stream: io.StringIO) -> None:
    set_up_logging("INFO", LogFormat.TEXT, stream=stream)

    logger.warning("lease lost", extra={"task": "f:3:0", "worker": "w1"})

    line = stream.getvalue()
    assert line.endswith(" WARNING lease lost task=f:3:0 worker=w1\n")
    assert line.count("\n") == 1


def test_a_json_line_holds_the_same_for_programs(stream: io.StringIO) -> None:
    set_up_logging("INFO", LogFormat.JSON, stream=stream)

    logger.warning("lease %s", "lost", extra={"task": "f:3:0", "attempt": 2, "path": None})

    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "hfdl_core.some_room",
        "message": "lease lost",
        "task": "f:3:0",
        "attempt": 2,
        "path": None,
    }


@pytest.mark.parametrize("log_format", LogFormat)
def test_a_secret_is_taken_out_wherever_it_stands(
    stream: io.StringIO, log_format: LogFormat
) -> None:
    set_up_logging("INFO", log_format, [SECRET], stream)

    logger.error("connecting with %s", SECRET, extra={"url": f"redis://:{SECRET}@host"})
    try:
        int(f"bad password {SECRET}")
    except ValueError:
        logger.exception("it failed")

    text = stream.getvalue()
    assert "connecting with ***" in text
    assert "bad password ***" in text
    assert "battery" not in text


def test_a_secret_learned_later_is_taken_out_too(stream: io.StringIO) -> None:
    redactor = set_up_logging("INFO", LogFormat.TEXT, stream=stream)

    redactor.hide("made just now")
    logger.info("the secret is made just now")

    assert "the secret is ***" in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("at redis://:pw@host:1/0", "at redis://***@host:1/0"),
        ("via http://user:p@ss@proxy:3128", "via http://***@proxy:3128"),
        ("https://hub.co/a/resolve/x@y", "https://hub.co/a/resolve/x@y"),
        ("https://cdn/f?X-Amz-Signature=abc&x=1", "https://cdn/f?X-Amz-Signature=***&x=1"),
        ("https://cdn/f?x=1&Policy=ab_c&Signature=d", "https://cdn/f?x=1&Policy=***&Signature=***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("token hf_abcdefghijklmnopqrst", "token hf_***"),
        ("hf_hub_offline is set", "hf_hub_offline is set"),
    ],
)
def test_credentials_that_nobody_announced_are_taken_out(text: str, redacted: str) -> None:
    assert Redactor().redact(text) == redacted


def test_a_secret_is_known_as_urls_write_it() -> None:
    redactor = Redactor(["p@ss/word"])

    assert redactor.redact("p%40ss%2Fword") == "***"


def test_the_longer_of_two_secrets_goes_first() -> None:
    redactor = Redactor(["secret", "secret-and-more"])

    assert redactor.redact("secret-and-more, secret") == "***, ***"


def test_very_short_secrets_do_not_punch_holes_into_words() -> None:
    assert Redactor(["a", ""]).redact("a banana") == "a banana"


def test_a_hostile_path_cannot_forge_a_line_or_steer_the_terminal(stream: io.StringIO) -> None:
    set_up_logging("INFO", LogFormat.TEXT, stream=stream)

    logger.info("fetching", extra={"path": "a\n12:00:00 ERROR all is lost\x1b[2J\u202e"})

    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()
    assert "\u202e" not in stream.getvalue()
    assert r"path=a\n12:00:00" in stream.getvalue()


@pytest.mark.parametrize(
    ("level", "own_debug", "own_info", "library_debug", "library_info", "library_warning"),
    [
        ("DEBUG", True, True, True, True, True),
        ("INFO", False, True, False, False, True),
        ("ERROR", False, False, False, False, False),
    ],
)
def test_levels_hold_for_hfdl_and_keep_libraries_quiet(
    level: str,
    own_debug: bool,
    own_info: bool,
    library_debug: bool,
    library_info: bool,
    library_warning: bool,
) -> None:
    set_up_logging(level, LogFormat.TEXT, stream=io.StringIO())

    library = logging.getLogger("urllib3.connectionpool")
    shown = [
        logger.isEnabledFor(logging.DEBUG),
        logger.isEnabledFor(logging.INFO),
        library.isEnabledFor(logging.DEBUG),
        library.isEnabledFor(logging.INFO),
        library.isEnabledFor(logging.WARNING),
    ]

    assert shown == [own_debug, own_info, library_debug, library_info, library_warning]


def test_setting_up_again_does_not_double_the_lines(stream: io.StringIO) -> None:
    set_up_logging("INFO", LogFormat.TEXT, stream=stream)
    set_up_logging("INFO", LogFormat.TEXT, stream=stream)

    logger.info("once")

    assert stream.getvalue().count("once") == 1
