"""How long a finished run's test report takes: its model classifies the test images, report and predictions are saved.

Usage: python -m benchmarks.run_report [--times N]
"""

import argparse
import tempfile
import time
from dataclasses import replace
from statistics import median

from benchmarks.limits import at_most, end
from core.config import PRESETS
from core.datasets.mnist import load_mnist
from core.evaluation.predictions import predict_test_images, save_if_missing
from core.networks.builder import build, import_keras
from core.recognition.recognizer import Recognizer
from core.runs.schema import Status
from core.runs.store import RunStore

_NETWORKS = ("recipe", "convnet", "reader")
_MAX_S = 3.0


def main():
    """Print the median times for each network; what a network has learned does not change them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    import_keras()
    load_mnist()
    limits = []
    for name in _NETWORKS:
        classified_s, saved_s = _medians_s(PRESETS[name], options.times)
        print(f"{name:10} model loaded and test images classified {classified_s:.2f} s, report saved {saved_s:.3f} s")
        limits.append(at_most(f"the test report of preset {name}", classified_s + saved_s, _MAX_S, "{:.2f} s"))
    end(*limits)


def _medians_s(config, times):
    with tempfile.TemporaryDirectory() as root:
        store, model = RunStore(root), build(config)
        return [
            median(each) for each in zip(*(_once_s(store.create(config), model) for _ in range(times)), strict=True)
        ]


def _once_s(run, model):
    """Return the seconds from the saved model to the predictions, and from there to the saved report."""
    run.save_model(model)
    run.write_status(replace(Status.of_this_process(), state="finished"))
    began = time.perf_counter()
    probabilities = predict_test_images(Recognizer.load(run.model_path).classify, run.config(), run.folder.parent)
    classified = time.perf_counter()
    save_if_missing(run, probabilities)
    return classified - began, time.perf_counter() - classified


if __name__ == "__main__":
    main()
