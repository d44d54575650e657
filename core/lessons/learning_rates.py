"""Lesson 4: the learning rate too small, right and too large."""

from collections.abc import Mapping

from core.config.percent import percent
from core.evaluation.outcome import NEAR_CHANCE
from core.lessons.lesson import ChoiceGuess, Guess, Lesson, TeacherNotes
from core.lessons.wording import points
from core.runs.view import RunView

_SMALL, _MIDDLE, _LARGE = "rate 0.00001", "rate 0.001", "rate 0.3"
_TIE = 0.01
_RECIPE = {"epochs": 2, "training_share": 0.4}

LESSON = Lesson(
    name="learning-rate",
    title="Break the learning rate",
    short="Learning rate",
    minutes=7,
    question="After each batch of images every weight moves a little, so that the loss falls. The learning rate says "
    "how far. Three equal networks see the same 22,000 images twice: one with a small rate, one with a middle one, "
    "one with a large one.",
    guess=ChoiceGuess(
        "Which one reads most validation images right?",
        {_SMALL: "0.00001: slow and careful", _MIDDLE: "0.001: the middle", _LARGE: "0.3: learns in large steps"},
    ),
    action="Train all three",
    look_for="A rate that is too small is seen by a line that rises slowly; one that is too large by a line that falls "
    "back or never leaves 10 %.",
    notes=TeacherNotes(
        "The learning rate is the setting that decides first whether a network learns at all.",
        "0.001 reaches about 96 %. 0.00001 is on its way, near 70 %. 0.3 stays near 10 %, which is luck.",
        (
            (
                "Would the small rate get there with more time?",
                "Yes, with perhaps fifty times as many epochs. Slow is not wrong, only slow.",
            ),
            (
                "Why does the large rate not learn fast?",
                "Each step jumps over the valley and lands higher on the other side.",
            ),
        ),
        "0.3 is too large for Adam. For another optimizer, such as SGD, other rates are right.",
    ),
    arms={
        _SMALL: {"learning_rate": 0.00001, **_RECIPE},
        _MIDDLE: {"learning_rate": 0.001, **_RECIPE},
        _LARGE: {"learning_rate": 0.3, **_RECIPE},
    },
)


def outcome(views: Mapping[str, RunView], guess: Guess) -> tuple[str, ...]:
    """Return what came of the runs of all arms, in sentences, the first on the guess; none where one is not known."""
    reached = {arm: found for arm, view in views.items() if (found := _accuracy(view)) is not None}
    if len(reached) < len(LESSON.arms):
        return ()
    return (_winner(reached, str(guess)), *(_describe(arm, reached) for arm in LESSON.arms))


def _accuracy(view: RunView) -> float | None:
    return next((row.val_accuracy for row in reversed(view.rows) if row.val_accuracy is not None), None)


def _winner(reached: Mapping[str, float], guess: str) -> str:
    best, second = sorted(reached, key=reached.__getitem__, reverse=True)[:2]
    lead = reached[best] - reached[second]
    ahead = f"{percent(reached[best])} of the validation images right with {best}"
    if guess == best:
        return f"You guessed {guess}, and so it is: {ahead}, {points(lead)} ahead of {second}."
    if guess == second and lead <= _TIE:
        return f"You guessed {guess}; {best} is ahead by only {points(lead)}: {ahead}."
    return f"You guessed {guess}, which reached {percent(reached[guess])}. Best is {best}: {ahead}."


def _describe(arm: str, reached: Mapping[str, float]) -> str:
    """Return how that arm did, beside what is usual for it."""
    accuracy, best = reached[arm], max(reached.values())
    found = f"**{arm}**: {percent(accuracy)}"
    if arm == _SMALL:
        if accuracy < NEAR_CHANCE:
            return f"{found}. The steps are so small that it has hardly left the start."
        if best - accuracy > _TIE:
            return f"{found}. It learns, but in steps so small that two epochs bring it only this far."
        return f"{found}. Small steps were enough here, which is unusual after two epochs."
    if arm == _LARGE:
        if accuracy < NEAR_CHANCE:
            return f"{found}. That is luck: each step jumps past the goal, and what was learned is lost again."
        if best - accuracy > _TIE:
            return f"{found}. It learned something in spite of its large steps, and then could not get nearer."
        return f"{found}. Its large steps did no harm this time, which is unusual."
    if accuracy == best:
        return f"{found}. Large enough to get ahead, small enough not to overshoot."
    if accuracy < NEAR_CHANCE:
        return f"{found}. It did not learn this time, which is unusual for this rate."
    return f"{found}. Usually this one is ahead; this time it is {points(best - accuracy)} behind."
