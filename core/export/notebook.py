"""A run as a Jupyter notebook in plain Keras that trains its network again, cell by cell."""

import re

from core.config.dataset_spec import MNIST, DatasetSpec
from core.export.reproduction import Reproduction
from core.export.script_sections import Section, introduction, sections
from core.runs.view import RunView

_MISTAKES = """\
probabilities = model.predict(scale(x_test), batch_size=500, verbose=0)
answers, confidences = probabilities.argmax(axis=1), probabilities.max(axis=1)
mistakes = np.flatnonzero(answers != y_test)
worst = mistakes[np.argsort(-confidences[mistakes])][:12]
for index in worst:
    print(f"{WORDS}, {100 * confidences[index]:.1f} %")
pictures = np.concatenate(x_test[worst], axis=1).repeat(2, axis=0).repeat(2, axis=1)
keras.utils.array_to_img(pictures[..., None], scale=False)"""
_DIGITS_IN_WORDS = "a {y_test[index]} read as {answers[index]}"
_CLASSES_IN_WORDS = "{CLASSES[y_test[index]]} read as {CLASSES[answers[index]]}"


def _mistakes(dataset: DatasetSpec) -> Section:
    words = _DIGITS_IN_WORDS if dataset == MNIST else _CLASSES_IN_WORDS
    text = "Of which the network was surest: what it is, what was read, how sure, and the pictures. This needs pillow."
    return Section("The worst mistakes", text, _MISTAKES.replace("{WORDS}", words))


def make_notebook(view: RunView) -> bytes:
    """Return the notebook, a JSON file of Jupyter's format 4.5, checked by nbformat.

    Raises `ExportError` as `script.make_script` does.
    """
    import nbformat
    from nbformat import v4

    run = Reproduction.of(view)
    paragraphs = [f"# {_escape(run.title)}", *map(_escape, introduction(run))]
    cells = [v4.new_markdown_cell("\n\n".join(paragraphs), id="introduction")]
    for number, section in enumerate([*sections(run), _mistakes(run.config.dataset)], 1):
        text = f"## {_escape(section.title)}\n\n{_escape(section.text)}".strip()
        cells.append(v4.new_markdown_cell(text, id=f"text-{number}"))
        cells.append(v4.new_code_cell(section.code, id=f"code-{number}"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    nbformat.validate(notebook)
    return nbformat.writes(notebook).encode()


def _escape(text: str) -> str:
    """Return a text in which nothing is markup for Markdown: all ASCII punctuation may be escaped there."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
