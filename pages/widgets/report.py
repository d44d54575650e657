"""What a finished run scored on the test images."""

import streamlit as st

from core import charts
from core.runs import Run, RunError
from pages.widgets import live
from pages.widgets.chart import chart

_CHART_PX = 380


def show(run: Run) -> None:
    """Show the run's test report once there is one."""
    try:
        test, status = run.report(), run.status()
    except RunError:
        return
    if test is None:
        return
    _figures(test, status)
    digits, confusion = st.columns(2)
    with digits:
        st.markdown("**Each digit**, percent read right")
        chart(charts.digit_accuracy(test["digits"]), f"digits-{run.id}", _digits_alt(test["digits"]), _CHART_PX)
    with confusion:
        st.markdown("**Confusions**: what was read as what")
        alt = f"Heatmap of the confusion matrix. {_worst(test['confusion_matrix'])}"
        chart(charts.confusion_heatmap(test["confusion_matrix"]), f"confusion-{run.id}", alt, _CHART_PX)
    with st.expander("These charts as tables"):
        _tables(test)


def _figures(test, status):
    low, high = test["interval"]
    accuracy, mistakes, trained = st.columns(3)
    accuracy.metric("Test accuracy", f"{test['accuracy']:.2%}", help=f"95 % interval: {low:.2%} to {high:.2%}.")
    mistakes.metric("Misread", f"{test['count'] - test['correct']:,} of {test['count']:,}")
    trained.metric("Training", live.in_words(status.train_s), help=f"{status.images_per_s:,.0f} images a second.")


def _digits_alt(digits):
    worst = min(digits, key=lambda row: row["accuracy"])
    best = max(digits, key=lambda row: row["accuracy"])
    return (
        f"Bar chart of the accuracy of each digit: from {worst['accuracy']:.1%} for {worst['digit']} "
        f"to {best['accuracy']:.1%} for {best['digit']}."
    )


def _worst(matrix):
    count, digit, answer = max(
        (matrix[digit][answer], digit, answer) for digit in range(10) for answer in range(10) if digit != answer
    )
    return f"The most frequent mistake: a {digit} read as {answer}, {count} times."


def _tables(test):
    st.dataframe(test["digits"], hide_index=True)
    rows = [{"is a": str(digit), **{str(answer): count for answer, count in enumerate(row)}}
            for digit, row in enumerate(test["confusion_matrix"])]  # fmt: skip
    st.dataframe(rows, hide_index=True)
