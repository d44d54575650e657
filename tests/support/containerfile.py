"""A Containerfile as data: its stages, and of each its instructions."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """An instruction with its text, continued lines joined."""

    name: str
    text: str

    @property
    def words(self):
        """The words, of a JSON list or as a shell parts them."""
        return json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)


@dataclass
class Stage:
    """A stage: its base image, its name or '', and its instructions in their order."""

    base: str
    name: str
    instructions: list = field(default_factory=list)

    def all(self, name):
        """The instructions of this name."""
        return [each for each in self.instructions if each.name == name]

    def last(self, name):
        """The last instruction of this name."""
        return self.all(name)[-1]

    @property
    def variables(self):
        """What ENV sets, by name; other variables in a value stay as they are."""
        return dict(word.split("=", 1) for each in self.all("ENV") for word in each.words)


def read_stages(path: Path):
    """Return the stages of a Containerfile; ARGs before the first have their defaults filled in."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
    stages, defaults = [], {}
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        name, _, rest = line.strip().partition(" ")
        if name == "ARG" and not stages:
            key, _, value = rest.partition("=")
            defaults[key] = value
        elif name == "FROM":
            base, _, alias = rest.partition(" AS ")
            for key, value in defaults.items():
                base = base.replace(f"${{{key}}}", value)
            stages.append(Stage(base, alias))
        elif name:
            stages[-1].instructions.append(Instruction(name, rest.strip()))
    return stages
