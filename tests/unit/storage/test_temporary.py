"""Temporary folders of a killed process are removed by the next one, those of others stay."""

import subprocess
import sys
import tempfile

import psutil

from core.storage import temporary

KILLED = """
import os, signal, sys, tempfile
tempfile.tempdir = sys.argv[1]
from core.storage import temporary
folder = temporary.make_folder()
(folder / "half").write_text("written")
print(folder, flush=True)
if sys.argv[2] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
sys.stdin.read()
"""


def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own = temporary.make_folder()
    (tmp_path / "digit-studio-of-somebody").mkdir()
    (tmp_path / "digit-studio-1-1-a-file").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "digit-studio-2-2-link").symlink_to(tmp_path / "elsewhere")
    reused = tmp_path / f"digit-studio-{psutil.Process().pid}-5-x"  # another process had this id before
    reused.mkdir()

    def start(end):
        command = [sys.executable, "-c", KILLED, str(tmp_path), end]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with start("kill") as killed, start("live") as living:
        assert killed.stdout and living.stdout
        left, used = killed.stdout.readline().strip(), living.stdout.readline().strip()
        killed.wait()
        temporary.remove_leftovers()
        there = {str(path) for path in tmp_path.iterdir()}
        assert left and left not in there and used in there and str(own) in there and str(reused) not in there
        assert len(there) == 6
        living.communicate("")
    assert used not in {str(path) for path in tmp_path.iterdir()}, "a process that ends removes its own"
