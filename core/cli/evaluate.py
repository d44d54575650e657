"""Measure a model on the test images of its data set, or on any pictures whose digits are known."""

import argparse
import json
from pathlib import Path

from core.cli.errors import UsageError
from core.cli.models import config_of, recognizer
from core.config.percent import percent
from core.runs.store import RunStore
from core.storage.printable import to_printable


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which model, on what, and the form of the report."""
    command.add_argument(
        "run", metavar="RUN", nargs="?", default="shipped", help="a run's id, a .keras file, or 'shipped' (default)"
    )
    command.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="measure on these: a folder with sub-folders 0 to 9, or a CSV, or a folder with one, that has the columns "
        "file and label; a label of several digits is a number",
    )
    command.add_argument("--mistakes", type=Path, metavar="DIR", help="with --pictures: copy the misread ones there")
    command.add_argument("--json", action="store_true", help="print the whole report as one JSON object")


def carry_out(options: argparse.Namespace) -> int:
    """Print the model's accuracy, and that of each digit, or other class."""
    if options.pictures:
        from core.cli.evaluate_pictures import evaluate_pictures

        return evaluate_pictures(options)
    if options.mistakes:
        raise UsageError("--mistakes copies misread pictures, so it needs --pictures.")
    return _evaluate_test_images(options)


def _evaluate_test_images(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from core.datasets.split import images_for_test
    from core.evaluation.report import make_report
    from core.networks.batching import BATCH_IMAGES, predict_in_batches

    reader = recognizer(options.run)
    config = config_of(options.run, reader.dataset)
    test = images_for_test(config, RunStore().root)
    with tqdm(total=-(-len(test) // BATCH_IMAGES), unit="batch") as bar:

        def show_progress() -> None:
            bar.update()

        result = make_report(predict_in_batches(reader.classify, test.images, show_progress), test.labels)
    if options.json:
        print(json.dumps({"run": options.run} | result.to_json()))
        return 0
    low, high = result.interval
    counts = f"{result.correct:,} of {result.count:,}"
    print(f"{config.accuracy_label} {percent(result.accuracy, 2)} ({percent(low, 2)} to {percent(high, 2)}), {counts}")
    for row in result.digits:
        name = to_printable(reader.dataset.class_names[row.digit])
        print(f"  {name}: {percent(row.accuracy, 2)} of {row.count:,}" if row.count else f"  {name}: no images")
    return 0
