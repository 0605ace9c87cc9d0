"""Checks run beside each other, are told in order, and cannot hold up the end."""

import threading
import time
from collections.abc import Iterable

import pytest

from hfdl_core.doctor import Check, Doctor, Finding, Health, verdict
from hfdl_core.doctor.findings import broken, doubtful, fine
from hfdl_core.errors import ExitCode, HubUnavailable
from hfdl_core.logs import Redactor


def check(name: str, *findings: Finding) -> Check:
    return Check(name, lambda: findings)


def test_findings_come_in_order_and_a_failure_ends_its_chain_only() -> None:
    chains = [
        [check("a", fine("a", "well")), check("b", broken("b", "no")), check("c", fine("c", ""))],
        [check("d", doubtful("d", "hm"), fine("d", "well")), check("e", fine("e", "well"))],
    ]

    found = [finding.check for finding in Doctor(chains, Redactor()).examine()]

    assert found == ["a", "b", "d", "d", "e"]


def test_a_check_that_hangs_is_a_failure_and_the_others_are_told() -> None:
    never = threading.Event()

    def hang() -> Iterable[Finding]:
        never.wait(20)
        return ()

    chains = [
        [check("first", fine("first", "")), Check("stuck", hang, ExitCode.UNREACHABLE)],
        [Check("as well", hang)],
        [check("last", fine("last", ""))],
    ]
    begun = time.monotonic()

    found = list(Doctor(chains, Redactor(), seconds_each=0.3).examine())

    took = time.monotonic() - begun
    never.set()
    assert [(finding.check, finding.status) for finding in found] == [
        ("first", Health.OK),
        ("stuck", Health.FAIL),
        ("as well", Health.FAIL),
        ("last", Health.OK),
    ]
    assert found[1].detail.startswith("no answer within")
    assert verdict(found) == ExitCode.UNREACHABLE
    assert took < 5


def test_an_error_is_a_failure_in_its_own_words() -> None:
    def look() -> Iterable[Finding]:
        raise HubUnavailable("the hub is gone: try later")

    [found] = Doctor([[Check("hub", look)]], Redactor()).examine()

    assert (found.check, found.detail) == ("hub", "the hub is gone: try later")
    assert found.exit_code == ExitCode.UNREACHABLE


def test_a_fault_of_ours_is_not_told_as_a_finding() -> None:
    def look() -> Iterable[Finding]:
        raise ZeroDivisionError("ours")

    with pytest.raises(ZeroDivisionError, match="ours"):
        list(Doctor([[Check("odd", look)]], Redactor()).examine())


def test_secrets_are_taken_out_of_every_finding() -> None:
    spoken = fine("a", "it said: tops3cret", "ask http://ann:pw12345@proxy for tops3cret")

    [found] = Doctor([[check("a", spoken)]], Redactor(["tops3cret"])).examine()

    assert "tops3cret" not in found.text
    assert "pw12345" not in found.text


def test_the_exit_code_is_that_of_the_worst_finding() -> None:
    nothing_bad = [fine("a", ""), doubtful("b", "")]
    failed = [*nothing_bad, broken("c", "")]
    away = [*failed, broken("d", "", exit_code=ExitCode.UNREACHABLE)]

    assert [verdict(each) for each in ([], nothing_bad, failed, away)] == [0, 0, 1, 3]
