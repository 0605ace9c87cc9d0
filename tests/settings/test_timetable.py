"""Rates by the hour of the week, as rclone writes them."""

from datetime import date, datetime, time, timedelta, timezone

import pytest

from hfdl_core.errors import SettingsError
from hfdl_core.settings import Settings
from hfdl_core.timetable import Timetable

HERE = timezone(timedelta(hours=5, minutes=30))
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _at(day: str, clock: str) -> datetime:
    monday = datetime.combine(date(2026, 6, 1), time.fromisoformat(clock), HERE)
    return monday + timedelta(days=DAYS.index(day))


def test_a_single_rate_holds_always() -> None:
    limit = Timetable.parse(" 1.5 MB / s ")

    assert {limit.rate_at(_at(day, "12:00")) for day in DAYS} == {1_500_000}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    ("clock", "rate"),
    [
        ("00:00", None),
        ("07:59:59", None),
        ("08:00", 512_000),
        ("11:59:59", 512_000),
        ("12:00", 10_000_000),
        ("13:00", 512_000),
        ("18:00", 30_000_000),
        ("22:59:59", 30_000_000),
        ("23:00", None),
    ],
)
def test_a_day_turns_at_its_times(day: str, clock: str, rate: int | None) -> None:
    limit = Timetable.parse("08:00,512k 12:00,10M 13:00,512k 18:00,30M 23:00,off")

    assert limit.rate_at(_at(day, clock)) == rate


@pytest.mark.parametrize(
    ("day", "clock", "rate"),
    [
        ("Mon", "00:00", 512),
        ("Fri", "23:58:59", 512),
        ("Fri", "23:59", 10_000_000),
        ("Sat", "09:59", 10_000_000),
        ("Sat", "10:00", 2**20),
        ("Sun", "23:59", 2**20),
    ],
)
def test_a_week_turns_at_its_days(day: str, clock: str, rate: int) -> None:
    limit = Timetable.parse("Mon-00:00,512 Fri-23:59,10M Sat-10:00,1Mi")

    assert limit.rate_at(_at(day, clock)) == rate


def test_the_week_before_goes_on_until_the_first_change() -> None:
    limit = Timetable.parse("wednesday-10:00,1M fri-10:00,2M")

    assert limit.rate_at(_at("Mon", "00:00")) == 2_000_000


def test_what_is_said_of_one_day_holds_against_every_day() -> None:
    limit = Timetable.parse("Sat-08:00,off 08:00,1M 20:00,2M")

    assert limit.rate_at(_at("Sat", "08:00")) is None
    assert limit.rate_at(_at("Sat", "20:00")) == 2_000_000
    assert limit.rate_at(_at("Sun", "08:00")) == 1_000_000


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("fast", "a rate is a size a second"),
        ("0", "a rate is a size a second"),
        ("9" * 400, "a rate is a size a second"),
        ("", "a rate is a size a second"),
        ("1,5M", "'1,5M' is not HH:MM,RATE"),
        ("08:00,fast", "'08:00,fast': a rate is a size a second"),
        ("08:00,1M:2M", "'08:00,1M:2M': a rate is a size a second"),
        ("24:00,1M", "'24:00,1M' has no time of day"),
        ("08:60,1M", "'08:60,1M' has no time of day"),
        ("Foo-08:00,1M", "'Foo-08:00,1M' names no day"),
        ("M-08:00,1M", "'M-08:00,1M' names no day"),
        ("08:00,1M 8:00,2M", "'8:00,2M' says the same time twice"),
        ("08:00,1M 20:00", "'20:00' is not HH:MM,RATE"),
        ("08:00, 1M", "'08:00,' is not HH:MM,RATE"),
    ],
)
def test_what_is_no_timetable_is_refused_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(ValueError) as refused:
        Timetable.parse(text)

    assert str(refused.value).startswith(complaint)
    assert "\n" not in str(refused.value)


def test_a_timetable_is_a_setting() -> None:
    text = "08:00,512k 23:00,off"

    assert Settings.load({"limit_rate": text}, {}).limit_rate == Timetable.parse(text)
    with pytest.raises(SettingsError, match="--limit-rate 25:00,1M: '25:00,1M' has no time"):
        Settings.load({"limit_rate": "25:00,1M"}, {})
