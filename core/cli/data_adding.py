"""The action of `data` that adds a data set from files."""

import argparse
from dataclasses import replace

from tqdm import tqdm

from core.cli.errors import UsageError
from core.config.dataset_spec import DatasetSpec, ImageForm
from core.datasets.draft import Choices, Draft
from core.datasets.drafting import read_draft
from core.datasets.importing.sources import source_of_paths
from core.datasets.store import DatasetStore

_FORMS = {"strokes": ImageForm.MNIST, "plain": ImageForm.PLAIN}


def add_set(options: argparse.Namespace, store: DatasetStore, set_id: str) -> tuple[DatasetSpec, Draft, Choices]:
    """Add the files of the options as a data set, or as a new version of the one of that id, with a progress bar.

    Returns the set, what was found, and what was chosen. Raises `UsageError`, `DatasetError`, `ConfigError`, `OSError`.
    """
    if missing := [path for path in options.files if not path.exists()]:
        raise UsageError(f"There is no file or folder at {missing[0]}. Check the path.")
    with tqdm(total=100, unit="%", bar_format="{l_bar}{bar}| {elapsed}") as bar:

        def report(share: float) -> None:
            bar.update(round(100 * share) - bar.n)

        draft = read_draft(source_of_paths(options.files), lambda share: report(0.8 * share))
        choices = _choose(draft, options)
        spec = draft.keep(store, choices, set_id, lambda share: report(0.8 + 0.2 * share))
        report(1.0)
        return spec, draft, choices


def _choose(draft: Draft, options: argparse.Namespace) -> Choices:
    """Return what is suggested for the draft, with what the options say otherwise."""
    choices = draft.suggested
    if options.classes:
        choices = replace(choices, class_names=tuple(each.strip() for each in options.classes.split(",")))
    if len(choices.class_names) != len(draft.raw.class_names):
        raise UsageError(f"--classes has {len(choices.class_names)} names; there are {len(draft.raw.class_names)}.")
    return replace(
        choices,
        name=options.name or choices.name,
        form=_FORMS[options.form] if options.form else choices.form,
        is_swapped=choices.is_swapped if options.swap is None else options.swap,
        without_duplicates=options.no_duplicates,
    )
