"""Contents of a run's files as nobody but an attacker, a crash or another program writes them."""

import json

import numpy as np
from hypothesis import strategies as st

from core.runs.snapshots import Snapshot

_NUMBERS = (0, -1, 1, 2**31, 2**63, 10**40, 50.97, 1e308, -0.0, 5e-324, float("nan"), float("inf"))
_TEXTS = ("", "\ud800", "\udfff\x00\x1b[2J", "\u202eevil\u2066", "$\\frac{1}{0}$ `![](x)`", "<b>", "x" * 5000, "7")
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(_NUMBERS),
    st.sampled_from(_TEXTS),
    st.text(max_size=20),
    st.recursive(st.integers(-2, 99), lambda inner: st.lists(inner, max_size=12), max_leaves=20),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)

_MARK = {"kind": "rate", "step": 5, "epoch": 0.5, "elapsed_s": 1.0, "value": 0.01, "time": 9.0, "acknowledged": 1}
OBJECTS: dict[str, dict] = {
    "config.json": {},
    "notes.json": {"name": "a", "star": True, "remark": "b", "imported": 1.0},
}
OBJECTS |= {"status.json": {}, "report.json": {}}
LINES: dict[str, dict] = {
    "metrics.jsonl": {},
    "marks.jsonl": _MARK,
    "commands.jsonl": {"command": "rate", "value": 0.1, "time": 1.0},
}


def sound_files(run):
    """Fill a finished run's folder with all files that it may have, and learn what sound ones hold."""
    for name in ("config.json", "status.json", "report.json"):
        OBJECTS[name] = json.loads((run.folder / name).read_text())
    LINES["metrics.jsonl"] = json.loads((run.folder / "metrics.jsonl").read_text().splitlines()[-1])
    (run.folder / "marks.jsonl").write_text(json.dumps(_MARK) + "\n")
    arrays = {"weights": np.zeros((2, 3, 3), np.uint8), "confusion": np.zeros((10, 10), np.int64)}
    run.snapshots.save(
        Snapshot(
            step=np.int64(1),
            epoch=np.float64(0.1),
            digits=np.zeros((10, 28, 28), np.uint8),
            probabilities=np.full((10, 10), 0.1, np.float32),
            **arrays,
        )
    )
    run.save_checkpoint({"epoch": np.int64(1)})
    run.save_predictions({"answers": np.zeros(10_000, np.uint8), "probabilities": np.zeros((10_000, 10), np.float16)})
    run.log_path.write_text("Epoch 1\n")


@st.composite
def hostile_object(draw, name):
    """The bytes of a JSON file of that name, with a few values changed, left out or added, or of no JSON at all."""
    return draw(_text_of(OBJECTS[name]))


@st.composite
def hostile_line(draw, name):
    """One line of the file of that name."""
    return draw(_text_of(LINES[name])).replace(b"\n", b" ")


@st.composite
def _text_of(draw, sound):
    if draw(st.integers(0, 9)) == 0:
        return draw(st.one_of(st.binary(max_size=60), VALUES.map(lambda value: json.dumps(value).encode())))
    changed = dict(sound)
    for _ in range(draw(st.integers(1, 3))):
        field = draw(st.sampled_from([*sound, "more"]))
        if draw(st.booleans()) or field not in changed:
            changed[field] = draw(VALUES)
        else:
            del changed[field]
    return json.dumps(changed).encode()
