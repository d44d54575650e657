"""Measure a model on MNIST's 10,000 test images."""

import json

from core.command_line.models import recognizer

NAME, HELP = "evaluate", "measure a model on MNIST's test images"


def add_arguments(command) -> None:
    """Add which model, and the form of the report."""
    command.add_argument("run", metavar="RUN", help="a run's id, a .keras file, or 'shipped'")
    command.add_argument("--json", action="store_true", help="print the whole report as one JSON object")


def carry_out(options) -> int:
    """Print the model's accuracy, and each digit's."""
    import numpy as np
    from tqdm import tqdm

    from core.dataset import load_mnist
    from core.evaluation import report

    test = load_mnist().test
    reader = recognizer(options.run)
    chunks = [test.images[start : start + 500] for start in range(0, len(test), 500)]
    result = report(np.concatenate([reader.classify(chunk) for chunk in tqdm(chunks, unit="chunk")]), test.labels)
    if options.json:
        print(json.dumps({"run": options.run} | result))
        return 0
    low, high = result["interval"]
    counts = f"{result['correct']:,} of {result['count']:,}"
    print(f"Test accuracy {result['accuracy']:.2%} ({low:.2%} to {high:.2%}), {counts}")
    for row in result["digits"]:
        print(f"  {row['digit']}: {row['accuracy']:.2%} of {row['count']:,}")
    return 0
