"""The command line: train, read, evaluate, export. Exit codes: 0 done, 1 failed, 2 wrong use."""

import argparse
import json
import sys
import time
import typing
from pathlib import Path

from core.config import PRESETS, SETTINGS, ConfigError, TrainConfig, in_full, preset
from core.export import FORMATS, export_model
from core.runs import Metrics, Run, RunError, RunStore

_LOOK_S = 0.1


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line; return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.command(options)
    except (ConfigError, RunError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 1
    except (OSError, RuntimeError, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m core", description="Train networks on MNIST and read handwritten digits with them."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(commands)
    _add_read(commands)
    _add_evaluate(commands)
    _add_export(commands)
    _add_ship(commands)
    return parser


def _add_train(commands):
    command = commands.add_parser(
        "train",
        help="train a network; it is live in the browser too",
        description="Train a network on MNIST. The run is filed in the runs folder (DIGIT_STUDIO_HOME, or runs/) and "
        "trained by a process of its own; Ctrl+C stops it and keeps the newest whole epoch.",
    )
    command.set_defaults(command=_train)
    presets = ", ".join(PRESETS)
    command.add_argument("--preset", default="recipe", metavar="NAME", help=f"start from: {presets} (default: recipe)")
    kinds = typing.get_type_hints(TrainConfig)
    for name, setting in SETTINGS.items():
        flag = f"--{name.replace('_', '-')}"
        what = f"{setting.label}: {_range(setting)}recipe: {getattr(TrainConfig(), name)}. {setting.why}"
        what = what.replace("%", "%%")
        if kinds[name] is bool:
            command.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=what)
        else:
            command.add_argument(flag, type=kinds[name], metavar=kinds[name].__name__.upper(), help=what)
    command.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")


def _range(setting):
    if setting.choices:
        return f"{', '.join(setting.choices)}; "
    return f"{in_full(setting.low)} to {in_full(setting.high)}; " if setting.high is not None else ""


def _add_read(commands):
    command = commands.add_parser("read", help="read the digits in pictures", description="Read digits in pictures.")
    command.set_defaults(command=_read)
    command.add_argument(
        "pictures", nargs="+", type=Path, metavar="PICTURE", help="PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC"
    )
    command.add_argument("--single", action="store_true", help="take all ink of a picture as one digit")
    command.add_argument("--model", metavar="RUN", help="a run's id or a .keras file (default: the shipped model)")
    command.add_argument("--json", action="store_true", help="print one JSON object a picture")


def _add_evaluate(commands):
    command = commands.add_parser(
        "evaluate",
        help="measure a model on MNIST's test images",
        description="Measure a model on MNIST's 10,000 test images.",
    )
    command.set_defaults(command=_evaluate)
    command.add_argument("run", metavar="RUN", help="a run's id, a .keras file, or 'shipped'")
    command.add_argument("--json", action="store_true", help="print the whole report as one JSON object")


def _add_export(commands):
    command = commands.add_parser(
        "export",
        help="write a model for use elsewhere",
        description="Write a run's model for use elsewhere. It takes float32 images (n, 28, 28) in [0, 1].",
    )
    command.set_defaults(command=_export)
    command.add_argument("run", metavar="RUN", help="a run's id, a .keras file, or 'shipped'")
    command.add_argument("--format", required=True, choices=FORMATS)
    command.add_argument("--output", type=Path, help="file or folder to write (default: named after the run)")


def _add_ship(commands):
    command = commands.add_parser(
        "ship",
        help="make a run's model the one the app ships with",
        description="Copy a finished run's model to core/assets, with a card of how it was made and what it scored.",
    )
    command.set_defaults(command=_ship)
    command.add_argument("run", metavar="RUN", help="the id of a finished run")


def _train(options):
    values = {name: getattr(options, name) for name in SETTINGS if getattr(options, name) is not None}
    config = preset(options.preset).changed(values)
    store = RunStore()
    run = store.create(config)
    print(f"Run {run.id}", file=sys.stderr)
    try:
        _follow(store, run, config)
    except KeyboardInterrupt:
        run.send("stop")
        _follow(store, run, config)
    return _tell_result(run, options.json)


def _follow(store, run, config):
    """Show the run's progress until it has ended; keep the queue moving meanwhile."""
    from tqdm import tqdm

    from core import launcher

    metrics = Metrics()
    with tqdm(total=config.epochs, unit="epoch", bar_format="{l_bar}{bar}| {n:.2f} of {total} epochs{postfix}") as bar:
        while True:
            launcher.tend(store)
            status, metrics = run.status(), run.metrics(metrics)
            bar.set_description_str(status.state, refresh=False)
            if metrics.rows:
                _show_progress(bar, metrics.rows[-1])
            if status.is_final:
                return
            time.sleep(_LOOK_S)


def _show_progress(bar, row):
    bar.n = row["epoch"]
    bar.set_postfix_str(f"loss {row['loss']:.4f}, accuracy {row['accuracy']:.2%}", refresh=False)
    bar.refresh()


def _tell_result(run, as_json):
    status, test = run.status(), run.report()
    result = {
        "run": run.id,
        "state": status.state,
        "test_accuracy": test["accuracy"] if test else None,
        "train_s": status.train_s,
        "images_per_s": status.images_per_s,
        "parameters": status.parameters,
    }
    if status.error:
        result["error"] = status.error
        print(f"python -m core: {status.error}", file=sys.stderr)
    if as_json:
        print(json.dumps(result), flush=True)
    elif test:
        print(f"Test accuracy {test['accuracy']:.2%} on {test['count']:,} images, trained in {status.train_s:.1f} s")
        print(f"Run {run.id}")
    else:
        print(f"Run {run.id} is {status.state}.")
    return 0 if status.state == "finished" else 1


def _read(options):
    from core.pictures import PictureError

    reader = _recognizer(options.model)
    failed = False
    for path in options.pictures:
        try:
            reading = reader.read(_open(path), single=options.single)
        except PictureError as error:
            failed = True
            print(json.dumps({"file": str(path), "error": str(error)}) if options.json else f"{path}: {error}")
            continue
        print(
            json.dumps({"file": str(path)} | _reading_json(reading)) if options.json else _reading_line(path, reading)
        )
    return 1 if failed else 0


def _open(path):
    from core.pictures import MAX_BYTES, PictureError, open_picture

    try:
        with open(path, "rb") as file:
            return open_picture(file.read(MAX_BYTES + 1), path.name)
    except OSError as error:
        raise PictureError(f"cannot be opened: {error.strerror}.") from error


def _reading_json(reading):
    digits = [
        {"label": each.label, "confidence": each.confidence, "refused": each.refused, "box": list(each.box)}
        for each in reading.digits
    ]
    return {"text": reading.text, "confidence": _confidence(reading), "digits": digits}


def _reading_line(path, reading):
    if not reading.digits:
        return f"{path}: nothing to read: no ink was found"
    return f"{path}: {reading.text.replace(chr(10), ' / ')}  {_confidence(reading):.1%}"


def _confidence(reading):
    """A number is as sure as its least sure digit."""
    return min((digit.confidence for digit in reading.digits), default=0.0)


def _recognizer(model):
    from core.recognition import Recognizer

    return Recognizer.load(_model_path(model))


def _model_path(model):
    """What `Recognizer.load` takes for a run's id, a path, or 'shipped'; raises `RunError` for an unknown run."""
    if model in (None, "shipped"):
        return None
    return Path(model) if Path(model).exists() else _run_with_model(model).folder


def _run_with_model(run_id) -> Run:
    run = RunStore().get(run_id)
    if not run.has_model:
        raise RunError(f"Run {run_id} has no model: it is {run.status().state}.")
    return run


def _evaluate(options):
    import numpy as np
    from tqdm import tqdm

    from core.dataset import load_mnist
    from core.evaluation import report

    test = load_mnist().test
    reader = _recognizer(options.run)
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


def _export(options):
    name = Path(options.run).stem if Path(options.run).exists() else options.run
    written = export_model(_model_path(options.run), options.format, options.output, name)
    print(f"Wrote {written}")
    return 0


def _ship(options):
    from core.shipping import ship

    card = ship(_run_with_model(options.run))
    print(f"The app now ships run {card['run']}, test accuracy {card['test_accuracy']:.2%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
