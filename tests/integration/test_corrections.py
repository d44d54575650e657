"""Corrections outlive the process that keeps them: whatever was said to be kept is there, and the database is sound."""

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.corrections import CorrectionStore

KEEPER = """
import sys
import numpy as np
from core.corrections import CorrectionStore, NewCorrection, Source
store, number = CorrectionStore(sys.argv[1]), 0
while True:
    number += 1
    kept = NewCorrection(np.zeros((28, 28), np.uint8), "7", Source.DRAWN, f"{sys.argv[2]}-{number}", "", "", "", 0.0,
                         picture=bytes(20_000))
    print(store.add(kept), flush=True)
"""


@pytest.mark.parametrize("kept_before_the_kill", [1, 7, 40])
def test_what_was_kept_outlives_a_kill(tmp_path, kept_before_the_kill):
    project = Path(__file__).parents[2]
    said = []
    for process_number in range(2):
        command = [sys.executable, "-c", KEEPER, str(tmp_path), str(process_number)]
        with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as keeper:
            for _ in range(kept_before_the_kill):
                said.append(int(keeper.stdout.readline()))
            time.sleep(0.003 * process_number)  # so that the kills hit other moments of keeping the next one
            keeper.kill()
            said += [int(line) for line in keeper.stdout.read().split("\n")[:-1]]
    store = CorrectionStore(tmp_path)
    assert set(said) <= {each.id for each in store.find(count=10_000)}
    database = sqlite3.connect(store.path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
