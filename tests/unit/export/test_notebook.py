"""The notebook of a run: valid, and its cells are the script."""

import re

import nbformat

from core.config.dataset_spec import DatasetSpec
from core.config.train_config import TrainConfig
from core.export.notebook import make_notebook
from core.export.script import make_script
from core.runs.view import RunView
from tests.support.runs import ended_run


def test_the_notebook_is_valid_and_has_the_code_of_the_script(store):
    view = RunView.read(ended_run(store, TrainConfig(schedule="one_cycle", augmentation=True)))
    data, script = make_notebook(view), make_script(view).decode()
    notebook = nbformat.reads(data.decode(), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    *codes, mistakes = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert len(codes) >= 8 and all(code in script for code in codes)
    compile("\n\n".join([*codes, mistakes]), "notebook.ipynb", "exec")
    assert make_notebook(view) == data, "the same run has the same notebook"


def test_a_name_is_no_markup_in_a_notebook(store):
    run = ended_run(store, TrainConfig())
    run.write_notes(name="<img src=x onerror=alert(1)> [a](b) $c$")
    notebook = nbformat.reads(make_notebook(RunView.read(run)).decode(), as_version=4)
    head = notebook.cells[0].source.splitlines()[0]
    assert head == r"# \<img src\=x onerror\=alert\(1\)\> \[a\]\(b\) \$c\$"


def test_the_name_of_a_data_set_is_no_markup_in_a_notebook(store):
    name = "<img src=x onerror=alert(1)> [a](b) $c$"
    spec = DatasetSpec("letters", 1, name, ("A", "K"), 40, 10, "0" * 64)
    run = ended_run(store, TrainConfig(dataset=spec))
    cells = nbformat.reads(make_notebook(RunView.read(run)).decode(), as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert any(r"\<img src\=x" in text for text in texts)
    assert not any(re.search(r"(?<!\\)[<\[$]", text) for text in texts)


def test_the_mistakes_of_other_classes_are_named(store):
    spec = DatasetSpec("letters", 1, "Letters", ("A", "K"), 40, 10, "0" * 64)
    cells = nbformat.reads(make_notebook(RunView.read(ended_run(store, TrainConfig(dataset=spec)))).decode(), 4).cells
    assert "{CLASSES[y_test[index]]} read as {CLASSES[answers[index]]}" in cells[-1].source
    assert any("CLASSES = [\n    'A',\n    'K',\n]" in cell.source for cell in cells)
