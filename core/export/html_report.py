"""A run's report as one HTML page that opens offline: pictures and curves are in it, and no script is."""

import importlib.metadata
import platform
import time
from html import escape

from core.charts.curves import Curve, Metric
from core.charts.svg import curve_svg
from core.config.dataset_spec import DatasetSpec
from core.config.describe import describe_recipe, network_name, summarize_recipe
from core.config.percent import percent, percent_number, probability_percent
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.datasets.mnist import DatasetError
from core.datasets.split import images_for_test
from core.evaluation.misclassified import most_confident_mistakes, picture_url
from core.evaluation.predictions import load_predictions
from core.export.html_style import STYLE
from core.export.reproduction import tested_report
from core.networks.builder import count_parameters
from core.runs.report_schema import DigitScore, Report
from core.runs.schema import RunError
from core.runs.view import RunView
from core.storage.printable import to_printable

_PACKAGES = {"digit-studio": "Digit Studio", "keras": "Keras", "tensorflow": "TensorFlow", "numpy": "NumPy"}
_STRONGEST = 55  # percent of colour in the darkest cell, so that its number can be read


def make_html_report(view: RunView) -> bytes:
    """Return the page, UTF-8; raises `ExportError` with a sentence where the run has no test report."""
    report, title = tested_report(view), escape(to_printable(view.title))
    noun = "digit" if view.config.dataset.is_digits else "class"
    remark = f'<p class="remark">{escape(view.notes.remark)}</p>' if view.notes.remark else ""
    body = "\n".join(
        [
            f"<header><h1>{title}</h1>{remark}<p>{escape(_summary(view))}</p></header>",
            _figures(view, report),
            f"<section><h2>Learning curves</h2><div class='two'>{_curves(view)}</div>{_changes(view)}</section>",
            f"<section><h2>Confusions</h2>{_confusions(report, view.config.dataset)}</section>",
            f"<section><h2>Each {noun}</h2>{_classes(report, view.config.dataset)}</section>",
            f"<section><h2>The worst mistakes</h2>{_mistakes(view)}</section>",
            f"<section><h2>The recipe</h2>{_recipe(view)}</section>",
            f"<footer>{escape(_origin(view))}</footer>",
        ]
    )
    return _PAGE.format(title=title, style=STYLE, body=body).encode()


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _summary(view: RunView) -> str:
    return (
        f"A network trained on {to_printable(view.config.dataset.name)}, {_date(view.run.created)}. Its recipe: "
        f"{summarize_recipe(view.config, view.changes)}."
    )


def _date(seconds: float) -> str:
    return time.strftime("%d %b %Y, %H:%M", time.localtime(seconds))


def _figures(view: RunView, report: Report) -> str:
    tested_on = view.config.tested_on
    interval = " to ".join(percent(end, 2) for end in report.interval)
    rows = [
        (
            view.config.accuracy_label,
            percent(report.accuracy, 2),
            f"{report.correct:,} of {report.count:,} {tested_on}; 95 % interval {interval}",
        ),
        ("Misread", f"{report.count - report.correct:,}", f"of {report.count:,} {tested_on}"),
        ("Weights", f"{count_parameters(view.config):,}", f"network: {network_name(view.config.network)}"),
        ("Training", f"{view.train_s:,.0f} s", f"{view.last_row.epoch:.4g} epochs" if view.last_row else ""),
    ]
    cells = (f"<div><dt>{name}</dt><dd>{value}<small>{escape(more)}</small></dd></div>" for name, value, more in rows)
    return f"<dl class='figures'>{''.join(cells)}</dl>"


def _curves(view: RunView) -> str:
    if not view.rows:
        return "<p>No curves were kept of this run.</p>"
    curve = Curve("", view.rows)
    drawn = {"Accuracy": Metric.ACCURACY, "Loss": Metric.LOSS}
    figures = (
        f"<figure>{curve_svg(curve, metric, view.epochs)}<figcaption>{name}. Line: training. Diamonds: validation."
        "</figcaption></figure>"
        for name, metric in drawn.items()
    )
    return "".join(figures) + (f"<p>{escape(view.metrics_note)}</p>" if view.metrics_note else "")


def _changes(view: RunView) -> str:
    """Return what was changed while the run trained, and why it ended early."""
    changes = [f"{FIELD_SPECS[name].label}: {words}." for name, words in view.changes.items()]
    note = [f"The run {view.status.note}."] if view.status.note else []
    return "".join(f"<p>{escape(text)}</p>" for text in [*changes, *note])


def _confusions(report: Report, dataset: DatasetSpec) -> str:
    """Return the confusion matrix as a table: mistakes are shaded by their share of the row's images."""
    matrix, thing = report.confusion_matrix, "the digit" if dataset.is_digits else "it"
    totals = [max(sum(row), 1) for row in matrix]
    shares = [[count / total for count in row] for row, total in zip(matrix, totals, strict=True)]
    most = max(share for label, row in enumerate(shares) for answer, share in enumerate(row) if answer != label) or 1
    names = [escape(name) for name in dataset.class_names]
    head = "".join(f"<th scope='col'>{name}</th>" for name in names)
    rows = []
    for label, row in enumerate(matrix):
        cells = [
            f"<td class='right'>{count or ''}</td>"
            if answer == label
            else f"<td style='--shade:{_STRONGEST * (shares[label][answer] / most) ** 0.5:.0f}%'>{count or ''}</td>"
            for answer, count in enumerate(row)
        ]
        rows.append(f"<tr><th scope='row'>{names[label]}</th>{''.join(cells)}</tr>")
    return (
        f"<p>A row is what {thing} is, a column what was read. Right answers stand on the diagonal.</p>"
        f"<table class='confusions'><tr><td></td>{head}</tr>{''.join(rows)}</table>"
    )


def _classes(report: Report, dataset: DatasetSpec) -> str:
    names, noun = [escape(name) for name in dataset.class_names], "digit" if dataset.is_digits else "class"
    rows = "".join(
        f"<tr><th scope='row'>{names[score.digit]}</th><td>{score.count:,}</td>"
        f"<td>{_share(score, score.accuracy)}</td><td>{_share(score, score.precision)}</td></tr>"
        for score in report.digits
    )
    head = f"<tr><th>{noun}</th><th>images</th><th>recall</th><th>precision</th></tr>"
    return f"<table>{head}{rows}</table>"


def _share(score: DigitScore, share: float) -> str:
    """Return a share of a class's figures in words; of a class without images there is none."""
    return f"{percent_number(share, 2):.2f} %" if score.count else "–"


def _mistakes(view: RunView) -> str:
    try:
        predictions = load_predictions(view.run)
    except RunError as error:
        return f"<p>{escape(str(error))}</p>"
    if predictions is None:
        return "<p>The answers to single images were not kept. The run's test report measures them anew.</p>"
    config, names = view.config, [escape(name) for name in view.config.dataset.class_names]
    try:
        found = most_confident_mistakes(images_for_test(config, view.root).labels, predictions)
    except DatasetError as error:
        return f"<p>{escape(str(error))}</p>"
    if not found:
        return "<p>It made no mistake.</p>"
    article = "a " if config.dataset.is_digits else ""
    tiles = "".join(
        f"<figure><img src='{picture_url(config, view.root, each.index)}' width='56' height='56' "
        f"alt='Image {each.index}'><figcaption>{article}<b>{names[each.label]}</b>, read "
        f"<b>{names[each.answer]}</b><br>{probability_percent(each.confidence)}</figcaption></figure>"
        for each in found
    )
    return f"<p>The {len(found)} of which the network was surest.</p><div class='mistakes'>{tiles}</div>"


def _recipe(view: RunView) -> str:
    values, seed = describe_recipe(view.config, view.changes), describe_recipe(TrainConfig())
    rows = "".join(
        f"<tr{' class=changed' if values[name] != seed[name] else ''}><th scope='row'>{escape(spec.label)}</th>"
        f"<td>{escape(values[name])}</td><td>{escape(seed[name])}</td></tr>"
        for name, spec in FIELD_SPECS.items()
    )
    head = "<tr><th>setting</th><th>this run</th><th>seed recipe</th></tr>"
    return f"<table class='recipe'>{head}{rows}</table><h3>As JSON</h3><pre>{escape(view.config.to_json())}</pre>"


def _origin(view: RunView) -> str:
    """Return when and with which versions the page was made."""
    found = [f"Python {platform.python_version()}"]
    for package, name in _PACKAGES.items():
        try:
            found.append(f"{name} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:  # Digit Studio itself, in a checkout
            continue
    return f"Digit Studio, run {view.id}. This page was made on {_date(time.time())} with {', '.join(found)}."
