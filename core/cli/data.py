"""List the data sets of this installation, add one from files, show, export or remove one."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from core.cli.actions import add_action
from core.cli.datasets import find_dataset
from core.cli.errors import UsageError, name_file_in_errors
from core.cli.new_file import check_is_free, claimed
from core.config.dataset_spec import MNIST, DatasetSpec, ImageForm
from core.datasets.damage import describe_damage
from core.datasets.store import DatasetStore
from core.runs.store import RunStore
from core.storage.printable import to_printable


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add what is to be done, and with which data set or files."""
    actions = command.add_subparsers(required=True, metavar="ACTION")
    add_action(actions, "list", "the data sets that are here", _list)
    add = add_action(actions, "add", "add a data set from files", _add)
    add.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="a folder or ZIP with a sub-folder for each class, a CSV with its pictures, IDX files, Kaggle's CSV of "
        "pixels, or NumPy's .npz and .npy",
    )
    add.add_argument("--name", help="its name (default: that of the files)")
    add.add_argument("--classes", help="the names of its classes in their order, with commas between (default: found)")
    add.add_argument(
        "--form", choices=("strokes", "plain"), help="strokes in MNIST form, or the plain pictures (default: found out)"
    )
    add.add_argument("--swap", action=argparse.BooleanOptionalAction, help="swap rows and columns (default: found out)")
    add.add_argument("--no-duplicates", action="store_true", help="keep each picture once, and none of two classes")
    add.add_argument("--version-of", metavar="SET", default="", help="add it as a new version of this data set")
    for name, what, carry_out in (
        ("show", "show a data set's classes, counts and origin", _show),
        ("export", "write a data set as a ZIP of pictures", _export),
        ("remove", "move a data set to the trash", _remove),
        ("restore", "take a data set back from the trash", _restore),
    ):
        action = add_action(actions, name, what, carry_out)
        is_of_version = name in ("show", "export")
        action.add_argument("dataset", metavar="SET", help="its id, or id@version" if is_of_version else "its id")
        if name == "export":
            action.add_argument("--output", type=Path, help="file to write (default: named after the set)")


def carry_out(options: argparse.Namespace) -> int:
    """Carry out the action; raises `UsageError` where there is no such data set."""
    return options.action(options, DatasetStore(RunStore().root))


def _list(options: argparse.Namespace, store: DatasetStore) -> int:
    specs = store.specs()
    if options.json:
        print(json.dumps({"datasets": [_facts(spec) for spec in specs]}))
        return 0
    for spec in specs:
        print(f"{spec.reference:24} {to_printable(spec.name)}: {_counts(spec)}")
    for sentence in describe_damage(store, specs).values():
        print(to_printable(sentence), file=sys.stderr)
    return 0


def _add(options: argparse.Namespace, store: DatasetStore) -> int:
    from core.cli.data_adding import add_set

    set_id = find_dataset(store, options.version_of).id if options.version_of else ""
    if set_id == MNIST.id:
        raise UsageError("MNIST is built in and cannot be changed. Add the files as a data set of their own.")
    spec, draft, choices = add_set(options, store, set_id)
    notes = [*draft.remarks, *draft.duplicates.sentences()]
    if options.json:
        print(json.dumps(_facts(spec) | {"format": draft.format_name, "remarks": notes}))
        return 0
    for note in notes:
        print(to_printable(note), file=sys.stderr)
    print(f"{draft.format_name}: {_form(spec)}{', rows and columns swapped' if choices.is_swapped else ''}")
    print(f"Added {spec.reference}, {to_printable(spec.name)}: {_counts(spec)}")
    return 0


def _show(options: argparse.Namespace, store: DatasetStore) -> int:
    spec = find_dataset(store, options.dataset)
    summary = store.summary(spec)
    train, test = summary.train_counts.tolist(), summary.test_counts.tolist()
    if options.json:
        print(json.dumps(_facts(spec) | {"train_counts": train, "test_counts": test}))
        return 0
    print(f"{to_printable(spec.name)} ({spec.reference}): {_counts(spec)}, {_form(spec)}")
    for label, text in (("Source", spec.source), ("Licence", spec.licence), ("SHA-256", spec.sha256)):
        if text:
            print(f"{label}: {to_printable(text)}")
    for name, *counts in zip(spec.class_names, train, test, strict=True):
        print(f"  {to_printable(name)}: {counts[0]:,} to learn from, {counts[1]:,} for the test")
    return 0


def _export(options: argparse.Namespace, store: DatasetStore) -> int:
    from core.datasets.export_zip import write_zip

    spec = find_dataset(store, options.dataset)
    target = options.output or Path(f"{spec.reference}.zip")
    with name_file_in_errors(target):
        check_is_free(target)
        with claimed(target), open(target, "wb") as file:
            write_zip(store, spec, file)
    print(json.dumps({"dataset": spec.reference, "file": str(target)}) if options.json else f"Wrote {target}")
    return 0


def _remove(options: argparse.Namespace, store: DatasetStore) -> int:
    from core.datasets import dataset_trash

    set_id, _, version = options.dataset.partition("@")
    if set_id == MNIST.id:
        raise UsageError("MNIST is built in and cannot be deleted.")
    if set_id not in (folder.name for folder in store.folders()):  # a damaged one is removed, too
        find_dataset(store, set_id)
    if version:
        raise UsageError(f"All versions of a data set are removed together: data remove {set_id}")
    dataset_trash.delete(store, set_id)
    text = f"Removed {set_id}; `data restore {set_id}` brings it back for {dataset_trash.RETENTION_DAYS} days."
    print(json.dumps({"removed": set_id}) if options.json else text)
    return 0


def _restore(options: argparse.Namespace, store: DatasetStore) -> int:
    from core.datasets import dataset_trash

    deleted = dataset_trash.deleted(store)
    if options.dataset not in deleted:
        content = f"holds {', '.join(deleted)}" if deleted else "is empty"
        raise UsageError(f"There is no data set {options.dataset[:80]!r} in the trash, which {content}.")
    dataset_trash.restore(store, options.dataset)
    print(json.dumps({"restored": options.dataset}) if options.json else f"Restored {options.dataset}")
    return 0


def _facts(spec: DatasetSpec) -> dict[str, Any]:
    return {"dataset": spec.reference} | spec.to_json()


def _counts(spec: DatasetSpec) -> str:
    return f"{spec.num_classes} classes, {spec.train_images:,} images to learn from, {spec.test_images:,} for the test"


def _form(spec: DatasetSpec) -> str:
    return "strokes in MNIST form" if spec.form is ImageForm.MNIST else "plain pictures"
