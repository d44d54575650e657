"""The names of all commands, what each does in a line, and the module that holds it.

A module is imported where its command is meant: all of them together take most of a second.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Command:
    """A command; `module` has `add_arguments(parser)` and `carry_out(options) -> exit code`, its docstring is the help.

    aliases: other names, as earlier versions called it. environment: variables of the process that libraries look at
    when they are imported, set where they are not yet.
    """

    name: str
    help: str
    module: str
    aliases: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


COMMANDS = (
    Command("train", "train a network; it is live in the browser too", "core.cli.train"),
    Command("teach", "learn from the corrections that were kept in the browser", "core.cli.teach"),
    Command("sweep", "look for a better recipe: start, list, show, stop or resume a sweep", "core.cli.sweep"),
    Command("control", "pause, resume, stop, extend a run, change its learning rate", "core.cli.control", ("tell",)),
    Command(
        "read",
        "read the digits in pictures, folders and ZIPs of them",
        "core.cli.read",
        environment={"OPENBLAS_NUM_THREADS": "1"},  # NumPy's threads wait by turning, for long where cores are busy
    ),
    Command("evaluate", "measure a model on its test images, or on your own labelled pictures", "core.cli.evaluate"),
    Command("export", "write a model, or a run as a script, notebook or report, for use elsewhere", "core.cli.export"),
    Command("bundle", "pack a run for another installation", "core.cli.bundle"),
    Command("import", "import the run in a bundle", "core.cli.import_bundle"),
    Command("data", "list, add, show, export or remove data sets", "core.cli.data"),
    Command("release", "make a run's model the app's own", "core.cli.release", ("ship",)),
    Command("networks", "train the networks that find ink and read lines", "core.cli.networks"),
    Command("serve", "serve the app on this machine", "core.cli.serve"),
    Command("share", "serve the app to a class, or to everybody, on the local network", "core.cli.share"),
    Command("doctor", "check Python, libraries, disk, memory, processor, port and cluster", "core.cli.doctor"),
)
"""All commands, in the order of the help."""
