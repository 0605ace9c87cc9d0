"""A rollback of Redis is noticed from the numbers of its answers, once, by whoever asks first."""

from hfdl_core.queue.sequence import SequenceWatch

EPOCH = "e1"


def test_rising_numbers_are_no_rollback() -> None:
    watch = SequenceWatch()

    for seq in (5, 6, 9, 100):
        assert watch.after(EPOCH, watch.before(EPOCH), seq)


def test_a_number_that_was_known_before_sending_is_a_rollback_noticed_once() -> None:
    watch = SequenceWatch()
    watch.after(EPOCH, watch.before(EPOCH), 100)

    assert not watch.after(EPOCH, watch.before(EPOCH), 100)
    assert watch.after(EPOCH, watch.before(EPOCH), 101)
    assert not watch.after(EPOCH, watch.before(EPOCH), 90)
    assert watch.after(EPOCH, watch.before(EPOCH), 91)


def test_answers_that_overtake_each_other_are_no_rollback() -> None:
    watch = SequenceWatch()
    watch.after(EPOCH, watch.before(EPOCH), 10)
    slow, quick = watch.before(EPOCH), watch.before(EPOCH)

    assert watch.after(EPOCH, quick, 12)
    assert watch.after(EPOCH, slow, 11)


def test_answers_in_flight_during_a_rollback_say_nothing_more() -> None:
    watch = SequenceWatch()
    watch.after(EPOCH, watch.before(EPOCH), 100)
    early, late = watch.before(EPOCH), watch.before(EPOCH)
    assert not watch.after(EPOCH, early, 90)

    assert watch.after(EPOCH, late, 91)
    assert watch.after(EPOCH, late, 102)  # of before the rollback

    assert watch.after(EPOCH, watch.before(EPOCH), 92)


def test_records_have_numbers_of_their_own() -> None:
    watch = SequenceWatch()
    watch.after("e1", watch.before("e1"), 100)

    assert watch.after("e2", watch.before("e2"), 1)
