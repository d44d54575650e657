"""What the command line refuses, it refuses before a slow library is loaded; TensorFlow takes seconds."""

import json
import os
import subprocess
import sys

from tests.support.app_server import PROJECT

PROGRAM = """
import contextlib, io, json, sys
from core.cli import main
SLOW = {"tensorflow", "keras", "plotly", "pandas", "streamlit", "optuna", "dask", "pypdfium2"}
for line in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(line)
        except SystemExit as error:
            code = error.code
    said = (out.getvalue() + err.getvalue()).strip().splitlines()
    print(json.dumps([line, code, said[-1] if said else "", sorted(SLOW & sys.modules.keys())]))
"""


def test_wrong_use_is_refused_before_a_slow_library_is_loaded(tmp_path):
    (tmp_path / "taken.keras").write_text("taken")
    (tmp_path / "old.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    wanted = [
        (["read", "nope.png"], 1, "nope.png: cannot be opened: there is no such file; check the path."),
        (["read", "x.png", "--model", "no.keras"], 2, "There is no model file at no.keras"),
        (["read", "x.png", "--model", "no-run"], 2, "There is no run 'no-run'"),
        (["read", "x.png", "--csv", "none/x.csv"], 2, "The table none/x.csv cannot be written"),
        (["evaluate", "no.keras"], 2, "There is no model file at no.keras"),
        (["evaluate", "taken.keras"], 1, "taken.keras is damaged or not a Keras model file"),
        (["evaluate", "old.h5"], 1, "old.h5 is a model in Keras's older HDF5 form"),
        (["evaluate", "--pictures", "none"], 2, "none"),
        (["export", "no-run", "--format", "keras"], 2, "There is no run 'no-run'"),
        (["export", "shipped", "--format", "keras", "--output", "none/x.keras"], 2, "There is no folder none"),
        (["export", "shipped", "--format", "keras", "--output", "taken.keras"], 1, "taken.keras exists already"),
        (["export", "shipped", "--format", "keras", "--output", "x.txt"], 2, "ends in .keras"),
        (["bundle", "no-run"], 2, "There is no run 'no-run'"),
        (["release", "no-run"], 2, "There is no run 'no-run'"),
        (["release", "no-run", "--scores", "none.json"], 2, "none.json does not exist"),
        (["import", "none.zip"], 2, "none.zip does not exist"),
        (["import", "taken.keras"], 1, "This file is damaged, or is not a bundle"),
        (["train", "--preset", "no"], 2, "no"),
        (["train", "--layers", "none.json"], 2, "none.json does not exist"),
        (["train", "--resume", "no-run"], 2, "There is no run 'no-run'"),
        (["control", "no-run", "stop"], 2, "There is no run 'no-run'"),
    ]
    lines = json.dumps([line for line, _, _ in wanted])
    environment = os.environ | {"DIGIT_STUDIO_HOME": str(tmp_path / "runs"), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, lines],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line for line, _, _ in wanted] == [line for line, _, _, _ in answers]
    for (line, code, words), (_, found, said, loaded) in zip(wanted, answers, strict=True):
        assert (found, loaded) == (code, []) and words in said, (line, found, said, loaded)
