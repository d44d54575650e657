"""Opens documents and all their pages, and says for each what came of it and what CPU time and memory that took.

Prints a line of JSON for each: its file, its pages' sizes or sentences, the CPU seconds of all processes, and the most
megabytes that one of them has had so far.

Usage: python -m tests.support.hostile_documents FILE…
"""

import json
import resource
import sys
from pathlib import Path

from core.pictures.documents import expand_pages
from core.pictures.errors import PictureError
from core.pictures.local_files import find_pictures

WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def main():
    """Open every document that is named on the command line."""
    for name in sys.argv[1:]:
        before, answers = cpu_s(), []
        (entry,) = find_pictures([Path(name)])
        for page in expand_pages(entry):
            try:
                answers.append(list(page.open().size))
            except PictureError as error:
                answers.append(str(error))
        report = {"file": Path(name).name, "answers": answers, "cpu_s": cpu_s() - before, "peak_mb": peak_mb()}
        print(json.dumps(report), flush=True)


def cpu_s():
    """Return the CPU seconds of this process and of those that it has started."""
    used = [resource.getrusage(whose) for whose in WHOSE]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak_mb():
    """Return the most memory that this process or one that it has started has had.

    What getrusage says of a process begins, on Linux, with what its parent had: of the children that is not much.
    """
    unit = 1024**2 if sys.platform == "darwin" else 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    status = Path("/proc/self/status")
    if not status.exists():
        return max(children, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
    own_kb = next(int(line.split()[1]) for line in status.read_text().splitlines() if "VmHWM" in line)
    return max(children, own_kb / 1024)


if __name__ == "__main__":
    main()
