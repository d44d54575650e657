"""What the lessons that train say of their runs: as expected, and otherwise."""

import pytest

from core.lessons import first_network, learning_rates, overfitting, shifts
from tests.support.lessons import report_of, run_view, validated
from tests.support.runs import metric_row


def said(sentences):
    return " ".join(sentences)


# 2. the first network


def first_network_says(right, accuracies, guess=60):
    rows = [metric_row(step, 4, accuracy=accuracy) for step, accuracy in enumerate(accuracies, 1)]
    return said(first_network.outcome({first_network.ARM: run_view(rows, report_of(right), epochs=1)}, guess))


def test_a_first_network_that_learns():
    text = first_network_says(950, (0.3, 0.9, 0.94, 0.95))
    assert text.startswith("Your guess was 60 %; of the test images it reads 95.0 %: 35 points more than you thought.")
    assert (
        "From 55,000 images, each seen once in 2.0 s, it learned to read 950 of 1,000 new ones; 50 are wrong." in text
    )
    assert "from 30 % to 90 % in the first half of the training images, and only to 95 % in the second" in text
    assert text.endswith("Its most frequent mistake: a 4 read as a 9, 50 times.")


def test_a_first_network_that_learns_late_or_nothing():
    assert "still learning at the end: 40 % after half of the images, then 95 %" in first_network_says(
        950, (0.3, 0.4, 0.8, 0.95)
    )
    text = first_network_says(110, (0.1, 0.1, 0.1, 0.1))
    assert "hardly more than luck, 10 %" in text and "learned fastest" not in text


def test_a_first_network_without_a_mistake_or_a_report():
    assert "mistake" not in first_network_says(1000, (0.9, 1, 1, 1))
    assert first_network.outcome({first_network.ARM: run_view(epochs=1)}, 50) == ()


# 3. overfitting


def overfitting_says(training, validation, losses):
    rows = [validated(epoch, training, validation, loss) for epoch, loss in enumerate(losses, 1)]
    config = overfitting.LESSON.configs(0)[overfitting.ARM]
    view = run_view(rows, None, layers=config.layers, epochs=len(losses), training_share=config.training_share)
    return said(overfitting.outcome({overfitting.ARM: view}, 90))


def test_overfitting_as_expected():
    text = overfitting_says(1.0, 0.83, [0.9, 0.6, 0.7, 0.8])
    assert text.startswith("Your guess was 90 %; of the validation images it reads 83.0 %: 7 points less")
    assert "Of its own 275 training images it reads all right: 17 points more than of new ones. This gap is" in text
    assert "smallest after epoch 2 (0.60) and has risen to 0.80 since: it grows surer of its mistakes" in text


@pytest.mark.parametrize(
    ("training", "validation", "losses", "found"),
    [
        (0.93, 0.90, [0.5, 0.4, 0.41], "It overfits, but less than is usual"),
        (0.93, 0.90, [0.5, 0.4, 0.41], "hardly changed after epoch 2 (0.40)"),
        (0.90, 0.91, [0.5, 0.4, 0.3], "reads 90.0 % right, and new ones as well. There is no overfitting here"),
        (0.90, 0.91, [0.5, 0.4, 0.3], "still fell in the last epoch, to 0.30"),
    ],
)
def test_overfitting_otherwise(training, validation, losses, found):
    assert found in overfitting_says(training, validation, losses)


def test_overfitting_without_validation_says_nothing():
    assert overfitting.outcome({overfitting.ARM: run_view([metric_row(1)])}, 90) == ()


# 4. the learning rate


def rates_say(accuracies, guess="rate 0.001"):
    arms = zip(learning_rates.LESSON.arms, accuracies, strict=True)
    views = {arm: run_view([validated(2, 0.9, accuracy)] if accuracy else []) for arm, accuracy in arms}
    return said(learning_rates.outcome(views, guess))


def test_learning_rates_as_expected():
    text = rates_say((0.72, 0.96, 0.11))
    assert text.startswith(
        "You guessed rate 0.001, and so it is: 96.0 % of the validation images right with rate 0.001"
    )
    assert "24 points ahead of rate 0.00001" in text
    assert "**rate 0.00001**: 72.0 %. It learns, but in steps so small" in text
    assert "**rate 0.3**: 11.0 %. That is luck" in text
    assert "Large enough to get ahead" in text


@pytest.mark.parametrize(
    ("accuracies", "guess", "found"),
    [
        ((0.72, 0.96, 0.11), "rate 0.3", "You guessed rate 0.3, which reached 11.0 %. Best is rate 0.001"),
        ((0.11, 0.96, 0.50), "rate 0.3", "has hardly left the start"),
        ((0.11, 0.96, 0.50), "rate 0.3", "learned something in spite of its large steps"),
        ((0.70, 0.95, 0.97), "rate 0.001", "Usually this one is ahead; this time it is 2 points behind"),
        ((0.70, 0.95, 0.97), "rate 0.3", "Its large steps did no harm this time, which is unusual"),
        ((0.955, 0.95, 0.11), "rate 0.001", "rate 0.00001 is ahead by only 0.5 points"),
        ((0.955, 0.95, 0.11), "rate 0.001", "Small steps were enough here"),
        ((0.70, 0.15, 0.11), "rate 0.001", "It did not learn this time"),
    ],
)
def test_learning_rates_otherwise(accuracies, guess, found):
    assert found in rates_say(accuracies, guess)


def test_learning_rates_of_which_one_is_not_known_say_nothing():
    assert rates_say((0.7, None, 0.1)) == ""


# 6. shifts


def shifts_say(dense, convolutions, guess=50):
    return said(shifts.outcome({shifts.DENSE: dense, shifts.CONVOLUTIONS: convolutions}, guess))


FALLING = (0.96, 0.94, 0.77, 0.52, 0.35, 0.21, 0.12)


def test_shifts_as_expected():
    text = shifts_say(FALLING, (0.96, 0.95, 0.92, 0.81, 0.60, 0.41, 0.32))
    assert text.startswith("Your guess was 50 %; moved by 4 pixels, dense layers read 35.0 %: 15 points less")
    assert "In the middle both read about alike: 96.0 % with dense layers, 96.0 % with the other." in text
    assert "convolutions still read 60.0 %, 25 points more" in text
    assert "from 3 pixels on convolutions lose more than a tenth" in text


@pytest.mark.parametrize(
    ("convolutions", "found"),
    [
        (
            (0.88, *FALLING[1:]),
            "Already in the middle they differ: dense layers read 96.0 %, the other network 88.0 %.",
        ),
        (FALLING, "both are about alike, which is not usual"),
        ((0.96, 0.9, 0.6, 0.4, 0.2, 0.1, 0.1), "15 points less than dense layers. That is not what usually happens"),
        ((0.96,) * 7, "Up to 6 pixels convolutions lose less than a tenth."),
    ],
)
def test_shifts_otherwise(convolutions, found):
    assert found in shifts_say(FALLING, convolutions)
