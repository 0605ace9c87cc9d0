"""A rollback of Redis is noticed from the numbers of its answers, once, by everybody."""

from hfdl_core.queue.sequence import ERA, SequenceWatch, Verdict

EPOCH = "e1"


def _heard(*numbers: int) -> SequenceWatch:
    watch = SequenceWatch()
    for seq in numbers:
        assert watch.after(EPOCH, watch.before(EPOCH), seq) is Verdict.RISING
    return watch


def _answer(watch: SequenceWatch, seq: int) -> Verdict:
    return watch.after(EPOCH, watch.before(EPOCH), seq)


def test_rising_numbers_are_no_rollback() -> None:
    _heard(5, 6, 9, 100)


def test_a_number_that_was_known_before_sending_is_a_rollback_noticed_once() -> None:
    watch = _heard(100)

    assert _answer(watch, 100) is Verdict.WENT_BACK
    assert _answer(watch, 101) is Verdict.RISING
    assert _answer(watch, 90) is Verdict.WENT_BACK
    assert _answer(watch, 91) is Verdict.RISING


def test_answers_that_overtake_each_other_are_no_rollback() -> None:
    watch = _heard(10)
    slow, quick = watch.before(EPOCH), watch.before(EPOCH)

    assert watch.after(EPOCH, quick, 12) is Verdict.RISING
    assert watch.after(EPOCH, slow, 11) is Verdict.RISING


def test_answers_in_flight_during_a_rollback_say_nothing_more() -> None:
    watch = _heard(100)
    early, late = watch.before(EPOCH), watch.before(EPOCH)
    assert watch.after(EPOCH, early, 90) is Verdict.WENT_BACK

    assert watch.after(EPOCH, late, 91) is Verdict.RISING
    assert watch.after(EPOCH, late, 102) is Verdict.RISING  # of before the rollback

    assert _answer(watch, 92) is Verdict.RISING


def test_a_rollback_that_another_noticed_is_known_from_the_era() -> None:
    watch = _heard(100)

    assert _answer(watch, ERA + 1) is Verdict.NEW_ERA
    assert _answer(watch, ERA + 2) is Verdict.RISING


def test_an_era_begun_by_oneself_is_no_news() -> None:
    watch = _heard(100)
    assert _answer(watch, 90) is Verdict.WENT_BACK

    watch.adopt(EPOCH, ERA)

    assert _answer(watch, ERA + 1) is Verdict.RISING


def test_who_comes_late_knows_of_no_rollback() -> None:
    _heard(3 * ERA + 7, 3 * ERA + 8)


def test_records_have_numbers_of_their_own() -> None:
    watch = _heard(100)

    assert watch.after("e2", watch.before("e2"), 1) is Verdict.RISING
