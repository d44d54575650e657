"""A run as one Python script in plain Keras that trains its network again."""

from textwrap import fill

from core.export.reproduction import Reproduction
from core.export.script_sections import introduction, sections
from core.runs.view import RunView

_WIDTH = 100


def make_script(view: RunView) -> bytes:
    """Return the script, UTF-8; raises `ExportError` where the run has not ended or has what none can repeat."""
    run = Reproduction.of(view)
    paragraphs = "\n\n".join(fill(each, _WIDTH) for each in introduction(run))
    parts = [f'"""{_in_docstring(paragraphs)}\n"""', f"# The run: {run.title}"]
    for section in sections(run):
        text = f"{section.title}. {section.text}".strip()
        comment = fill(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")
        gap = "\n\n\n" if section.code.startswith(("def ", "class ")) else "\n\n"
        parts.append(f"{comment}{gap}{section.code}")
    return ("\n\n\n".join(parts) + "\n").encode()


def _in_docstring(text: str) -> str:
    """Return a text as it stands between triple quotes: names in it, which people give, can neither end nor break it.

    It is called on whole lines, for a line that ended within an escape would open it again.
    """
    return text.replace("\\", r"\\").replace('"', r"\"")
