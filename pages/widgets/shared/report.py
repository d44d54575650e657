"""The test report of a run: its figures, its confusions and the pictures behind them."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from core.charts.bars import MAX_ABREAST, class_accuracy
from core.charts.heatmap import confusion_heatmap
from core.charts.reliability import reliability_diagram
from core.config.dataset_spec import DatasetSpec
from core.config.glossary import link_terms
from core.config.percent import percent, percent_number
from core.config.train_config import TEST_IMAGES, TrainConfig
from core.evaluation import misclassified
from core.evaluation.outcome import find_failed_learning
from core.evaluation.report import most_confused
from core.runs.report_schema import DigitScore, Report
from core.runs.run import Run
from core.runs.schema import RunError, Status, error_reason
from core.runs.view import RunView
from pages.widgets.components import gallery
from pages.widgets.components.chart import chart
from pages.widgets.shared import doubtful_labels, model_predictions
from pages.widgets.shared.durations import describe_duration
from pages.widgets.shared.explained_digit import map_button
from pages.widgets.shared.text import escape_markdown

_CHART_PX, _NAMED_CHART_PX = 380, 420


def show_result(view: RunView) -> None:
    """Show the figures of the run's test report, once it has ended and there is one."""
    if view.status.is_final and view.report:
        _figures(view.report, view.status, view.train_s, view.config)


def show(run: Run) -> None:
    """Show what each digit's figures are once there is a test report, and the way to all of it."""
    try:
        report = run.report()
    except RunError:
        return
    if report is None:
        return
    _show_failed_learning(run)
    dataset = run.config().dataset
    digits, confusion = st.columns(2)
    with digits:
        st.markdown(f"**Each {_noun(dataset)}**, percent read right")
        figure = class_accuracy(report.digits, dataset.class_names)
        chart(figure, f"digits-{run.id}", _classes_alt(report.digits, dataset), _classes_px(dataset))
    with confusion:
        st.markdown(link_terms(f"**Confusions**: what was read as what, the confusion matrix{_rows_are(run)}"))
        _heatmap(run, report)
    if st.button("Open the whole report", icon=":material/query_stats:", key=f"report-{run.id}"):
        st.switch_page("pages/runs.py", query_params={"run": run.id})


def show_all(run: Run) -> None:
    """Show the whole test report: figures, each digit, confusions with the pictures behind them, reliability.

    Raises one of `model_predictions.UNAVAILABLE` where it cannot be had.
    """
    report, status = model_predictions.report_of(run), run.status()
    _show_failed_learning(run)
    config = run.config()
    _figures(report, status, status.training_time_s(run.newest_rows()), config)
    st.fragment(_confusions)(run, report)
    digits, confidence = st.columns(2)
    with digits:
        st.markdown(link_terms(f"**Each {_noun(config.dataset)}**: recall, precision and their mean, F1"))
        _classes_table(report, config.dataset)
    with confidence:
        st.markdown("**Is its confidence honest?**")
        apart = percent(report.calibration_error or 0, 2)
        alt = f"Reliability diagram. On average confidence and accuracy lie {apart} apart."
        chart(reliability_diagram(report.reliability or ()), f"reliability-{run.id}", alt, _CHART_PX)
        st.markdown(
            link_terms(
                f":small[On the dashed line the network is right as often as it says. On average it is {apart} "
                "off: the calibration error.]"
            )
        )


def show_worst(run: Run) -> None:
    """Show the fifty mistakes of which the network was surest; raises as `show_all` does."""
    found = misclassified.most_confident_mistakes(model_predictions.labels(run), model_predictions.predictions_of(run))
    if not found:
        st.markdown("It made no mistake.")
        return
    st.markdown(f"**The {len(found)} worst mistakes**, the surest first: what it is, what was read, how sure")
    st.markdown(":small[Some of them may be mistakes of the labels and not of the network: see *Doubtful labels*.]")
    gallery.show(found, f"worst-{run.id}", "The worst mistakes", run.config())


def show_doubtful(run: Run) -> None:
    """Show the test images whose label the network doubts most; raises as `show_all` does."""
    read = model_predictions.predictions_of(run)
    config, labels = run.config(), model_predictions.labels(run)
    if config.dataset.is_digits:
        map_button(run.id)
    doubtful_labels.show_test_images(labels, read.answers, read.probabilities, f"doubtful-{run.id}", config)


def _show_failed_learning(run: Run) -> None:
    with suppress(RunError):
        if failed := find_failed_learning(run):
            st.warning(escape_markdown(str(failed)), icon=":material/warning:")


def _noun(dataset: DatasetSpec) -> str:
    """Return what one of the classes is called."""
    return "digit" if dataset.is_digits else "class"


def _figures(report: Report, status: Status, train_s: float, config: TrainConfig) -> None:
    low, high = report.interval
    accuracy, misread, training = st.columns(3)
    accuracy.metric(
        config.accuracy_label,
        percent(report.accuracy, 2),
        help="With 95 % certainty it lies in the interval below on other images of this kind (Wilson).",
    )
    accuracy.markdown(f":small[95 % interval {percent(low, 2)} to {percent(high, 2)}]")
    if config.tested_on != TEST_IMAGES:
        missing = f"{escape_markdown(config.dataset.name)} has no test images"
        why = "the recipe leaves the test images unseen" if config.test_unseen else missing
        accuracy.markdown(f":small[On the {config.tested_on}: {why}.]")
    misread.metric("Misread", f"{report.count - report.correct:,} of {report.count:,}")
    speed = f"{status.images_per_s:,.0f} images a second." if status.images_per_s else None
    training.metric("Training", describe_duration(train_s), help=speed)


def _confusions(run: Run, report: Report) -> None:
    """Show the confusion matrix, and the pictures behind the cell that was clicked or chosen."""
    digit_key, answer_key = f"is-{run.id}", f"read-{run.id}"
    heatmap, behind = st.columns(2)
    with heatmap:
        st.markdown(f"**Confusions**: click a cell to see its pictures{_rows_are(run)}")
        clicked = _heatmap(run, report, clickable=True)
    if clicked:
        st.session_state[digit_key], st.session_state[answer_key] = int(clicked["y"]), int(clicked["x"])
    first_digit, first_answer = most_confused(report.confusion_matrix)
    with behind:
        left, right = st.columns(2)
        dataset = run.config().dataset
        classes, name_of = range(dataset.num_classes), dataset.class_names.__getitem__
        is_a = "Is a" if dataset.is_digits else "Is"
        digit = left.selectbox(is_a, classes, first_digit, key=digit_key, format_func=name_of)
        answer = right.selectbox("Read as", classes, first_answer, key=answer_key, format_func=name_of)
        with st.container(height=_CHART_PX - 60, border=False):
            _pictures_behind(run, digit, answer)


def _pictures_behind(run: Run, digit: int, answer: int) -> None:
    try:
        predictions = model_predictions.predictions_of(run)
        found = misclassified.images_in_cell(model_predictions.labels(run), predictions, digit, answer)
        config = run.config()
    except model_predictions.UNAVAILABLE as error:
        reason = escape_markdown(error_reason(error))
        st.error(f"There are no pictures to show: {reason}", icon=":material/error:")
        return
    times = "once" if len(found) == 1 else f"{len(found):,} times"
    is_a, read = (escape_markdown(config.dataset.class_names[label]) for label in (digit, answer))
    article = "A " if config.dataset.is_digits else ""
    st.markdown(f"{article}{is_a} was read as {read} {times}." if found else f"No {is_a} was read as {read}.")
    gallery.show(
        found, f"behind-{run.id}-{digit}-{answer}", f"{config.tested_on.capitalize()} of {is_a} read as {read}", config
    )


def _heatmap(run: Run, report: Report, clickable: bool = False) -> dict | None:
    digit, answer = most_confused(report.confusion_matrix)
    count, dataset = report.confusion_matrix[digit][answer], run.config().dataset
    names, article = dataset.class_names, "a " if dataset.is_digits else ""
    most = f"The most frequent mistake: {article}{names[digit]} read as {names[answer]}, {count} times."
    alt = f"Heatmap of the confusion matrix. {most if count else 'No mistake.'}"
    figure = confusion_heatmap(report.confusion_matrix, names)
    return chart(figure, f"confusion-{run.id}", alt, _heatmap_px(dataset), clickable)


def _rows_are(run: Run) -> str:
    """Return what rows and columns of the heatmap are, where long names leave no room to say it at its axes."""
    return "" if run.config().dataset.is_digits else ". A row is what it is, a column what was read."


def _classes_px(dataset: DatasetSpec) -> int:
    """Return the height of the chart of the classes: that of the heatmap beside it, where each class has a row."""
    return _heatmap_px(dataset) if dataset.num_classes > MAX_ABREAST else _CHART_PX


def _heatmap_px(dataset: DatasetSpec) -> int:
    """Return the heatmap's height: more where there are many classes, or long names below it."""
    return max(_CHART_PX, 16 * dataset.num_classes, 0 if dataset.is_digits else _NAMED_CHART_PX)


def _classes_table(report: Report, dataset: DatasetSpec) -> None:
    in_percent = st.column_config.NumberColumn(format="%.2f %%")
    rows = [
        {
            _noun(dataset): score.digit if dataset.is_digits else dataset.class_names[score.digit],
            "images": score.count,
            "recall": percent_number(score.accuracy, 2) if score.count else None,
            "precision": percent_number(score.precision, 2) if score.count else None,
            "F1": percent_number(score.f1 or 0.0, 2) if score.count else None,
        }
        for score in report.digits
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=388,
        column_config=dict.fromkeys(("recall", "precision", "F1"), in_percent),
        placeholder="–",
        alt=f"Images, recall, precision and F1 of each {_noun(dataset)}",
    )


def _classes_alt(digits: Sequence[DigitScore], dataset: DatasetSpec) -> str:
    digits = [score for score in digits if score.count]
    worst = min(digits, key=lambda score: score.accuracy)
    best = max(digits, key=lambda score: score.accuracy)
    return (
        f"Bar chart of the accuracy of each {_noun(dataset)}: from {percent(worst.accuracy)} for "
        f"{dataset.class_names[worst.digit]} to {percent(best.accuracy)} for {dataset.class_names[best.digit]}."
    )
