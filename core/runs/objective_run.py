"""The folder of a training from drawn things: that of the ink finder or of the line reader."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.config.field_spec import ConfigError
from core.config.objective_config import ObjectiveConfig
from core.runs.commands import CommandError, CommandName
from core.runs.metrics_schema import extend_rows
from core.runs.record_values import Count, NonNegative, Seconds, Share, without_none
from core.runs.run_folder import LOCK_FILE, RunFolder
from core.runs.schema import RunError, RunState, error_reason
from core.storage import atomic, json_files

_FOLLOWED = (CommandName.PAUSE, CommandName.RESUME, CommandName.STOP)


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """One line of a training's metrics: means over the steps since the line before, after `step` optimizer steps.

    `examples` were seen so far; `score` is the share that the objective measures while it trains, where it does.
    `val_loss` and `val_scores` (shares by name) stand in a line after which the network was validated.
    """

    step: Count
    examples: Count
    loss: NonNegative
    elapsed_s: Seconds
    score: Share | None = None
    val_loss: NonNegative | None = None
    val_scores: dict[str, Share] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as it is written: without the fields that are not known."""
        return without_none(asdict(self))


class ObjectiveRun(RunFolder):
    """The folder of one training from drawn things. It lies in no runs folder, so no page takes it for a run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.lock_path = self.folder / LOCK_FILE
        self.card_path = self.model_path.with_suffix(".json")
        self.curves_path = self.folder / "curves.html"

    @classmethod
    def file(cls, folder: Path, config: ObjectiveConfig) -> "ObjectiveRun":
        """Return the training in a folder, filed there where there is none yet.

        Raises `RunError` where the folder holds something else, `OSError`.
        """
        run = cls(folder.absolute())
        if run.config_path.exists():
            if (found := run.config()) != config:
                raise RunError(
                    f"{folder} holds a training of {found.objective} with {found.examples:,} examples, not of "
                    f"{config.objective} with {config.examples:,}. Choose another folder, or remove this one."
                )
            return run
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RunError(f"{folder} is there and holds no training. Choose another folder.")
        run.folder.mkdir(parents=True, exist_ok=True)
        atomic.replace_file(run.config_path, lambda file: file.write(config.to_json().encode()))
        return run

    def config(self) -> ObjectiveConfig:
        """Return the training's config; raises `RunError` where it is missing, damaged or out of range."""
        try:
            return ObjectiveConfig.from_json(json_files.read_limited(self.config_path).decode())
        except (OSError, UnicodeDecodeError, json_files.TooLongError, ConfigError) as error:
            raise RunError(f"{self.config_path} cannot be used: {error_reason(error)}") from error

    def rows(self) -> Sequence[ObjectiveRow]:
        """Return the metrics so far; damaged lines are left out. Raises `RunError` where the file cannot be read."""
        return extend_rows([], self._read_lines(self._metrics)[0], ObjectiveRow)

    def card(self) -> dict[str, Any]:
        """Return the card of the trained network; raises `RunError` where there is none."""
        return self._read_json(self.card_path)

    def send(self, name: CommandName, value: float | None = None) -> bool:
        """Send the training a command as `RunFolder.send` does: pause, resume or stop; its length and rates are fixed.

        Raises `CommandError` for another one.
        """
        if name not in _FOLLOWED:
            raise CommandError(f"A training of this kind follows {', '.join(_FOLLOWED)}; it was sent {name}.")
        return super().send(name, value)

    def is_waiting(self) -> bool:
        """Return whether the training waits for a worker; raises `RunError`."""
        return self.status().state is RunState.QUEUED

    # What follows is written by the worker alone.

    def append_row(self, row: ObjectiveRow) -> None:
        """Append one line of metrics; raises `OSError`."""
        atomic.append_line(self._metrics, row.to_json())

    def write_card(self, card: Mapping[str, Any]) -> None:
        """Write the card beside the model: how it was made and what it scores. Raises `OSError`."""
        atomic.replace_json(self.card_path, card)
