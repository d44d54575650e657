"""The eight lessons: each is whole, short enough, and trains no longer than half a minute."""

import pytest

from core.config.train_config import TrainConfig
from core.lessons.catalogue import LESSONS, neighbours, number_of
from core.lessons.lesson import ChoiceGuess, NumberGuess
from core.training.time_estimate import training_s

MAX_WORDS_OF_NOTES = 150
"""Of one lesson: eight of them fill two printed pages."""


def test_there_are_eight_in_their_order():
    assert list(LESSONS) == [
        "pixels",
        "first-network",
        "overfitting",
        "learning-rate",
        "preparation",
        "shifts",
        "honesty",
        "letters",
    ]
    assert [number_of(name) for name in LESSONS] == list(range(1, 9))
    assert neighbours("pixels") == (None, "first-network")
    assert neighbours("letters") == ("honesty", None)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_lesson_is_whole(lesson):
    texts = [lesson.title, lesson.short, lesson.question, lesson.guess.label, lesson.action, lesson.look_for]
    texts += [lesson.notes.goal, lesson.notes.usually, lesson.notes.pitfall]
    texts += [text for pair in lesson.notes.questions for text in pair]
    assert all(texts) and 5 <= lesson.minutes <= 10 and lesson.guess.label.endswith("?")
    assert sum(len(text.split()) for text in texts[5:]) <= MAX_WORDS_OF_NOTES


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_its_networks_differ_by_seed_and_train_in_half_a_minute(lesson):
    configs = lesson.configs(3)
    assert all(isinstance(config, TrainConfig) and config.seed == 3 for config in configs.values())
    assert list(configs) == list(lesson.arms)
    assert sum(training_s(config) for config in configs.values()) < 10  # a slower machine may take three times as long


def test_a_guess_accepts_its_answers_and_nothing_else():
    number = NumberGuess("How many?", 0, 100, "%")
    assert number.accepts(95) and number.accepts(0.5)
    assert not any(map(number.accepts, (True, -1, 101, "95", None, float("nan"))))
    assert (number.text(95.0), number.text(0.5)) == ("95 %", "0.5 %")
    count = NumberGuess("How many?", 0, 4)
    assert count.accepts(2) and count.accepts(2.0) and not any(map(count.accepts, (2.5, 5, float("nan"), "2")))
    choice = ChoiceGuess("Which?", {"a": "the first"})
    assert choice.accepts("a") and not choice.accepts("b") and not choice.accepts(1)
    assert choice.text("a") == "the first"
