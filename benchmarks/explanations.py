"""Faithfulness of the explanations: deletion and insertion curves of integrated gradients and occlusion.

A method orders the pixels of an image by their evidence for the network's answer against its second guess. Deletion
takes the pixels away in that order, the strongest first: the sooner the answer's probability falls, the smaller the
area under its curve, and the better the order. Insertion adds them to an empty image: the larger the area, the better
(Petsiuk et al., 2018). Plain gradients order pixels by the gradient's size (Simonyan et al., 2014).

Usage: python -m benchmarks.explanations [--model PATH] [--images N] [--seed N]
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.limits import at_least, at_most, end
from core.datasets.mnist import load_mnist
from core.explanation.evidence import integrated_gradients, occlusion
from core.explanation.network import ExplainedNetwork
from core.recognition.recognizer import Recognizer

PARTS = 28  # steps of a curve: 28 pixels each
OURS, OTHERS = ("integrated gradients", "occlusion"), ("gradients", "random")


def main():
    """Print the mean areas of every method, and whether the page's two beat plain gradients and chance."""
    options = _options()
    network = ExplainedNetwork(Recognizer.load(options.model))
    rng = np.random.default_rng(options.seed)
    test = load_mnist().test.images
    areas = {name: np.zeros((options.images, 2)) for name in (*OURS, *OTHERS)}
    for number, index in enumerate(rng.choice(len(test), options.images, replace=False)):
        for name, scores in evidence_of(network, test[index], rng).items():
            areas[name][number] = areas_of(network, test[index], scores)
    for name, each in areas.items():
        print(f"{name:22s} deletion {each[:, 0].mean():.4f}  insertion {each[:, 1].mean():.4f}")
    means = {name: each.mean(axis=0) for name, each in areas.items()}
    deletion, insertion = min(means[name][0] for name in OTHERS), max(means[name][1] for name in OTHERS)
    end(
        *(at_most(f"area of deletion, {name}", means[name][0], deletion, "{:.4f}") for name in OURS),
        *(at_least(f"area of insertion, {name}", means[name][1], insertion, "{:.4f}") for name in OURS),
    )


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a .keras file or a run folder (default: the model that ships)")
    parser.add_argument("--images", type=int, default=500, help="MNIST's test images that are explained (default 500)")
    parser.add_argument("--seed", type=int, default=0, help="of their choice (default 0)")
    return parser.parse_args()


def evidence_of(network, image, rng):
    """Return the evidence (28, 28) that each method gives for the answer against the second guess, by its name."""
    second, answer = np.argsort(network.reader.classify(image[None])[0])[-2:]
    plain = network.gradients(image[None].astype(np.float32) / 255, answer, second)[0]
    return {
        "integrated gradients": integrated_gradients(network, image, answer, second),
        "occlusion": occlusion(network, image, answer, second),
        "gradients": np.abs(plain),
        "random": rng.random(image.shape),
    }


def areas_of(network, image, scores):
    """Return the areas under the curves of deletion and insertion, each in [0, 1], of an order of pixels."""
    answer = int(np.argmax(network.reader.classify(image[None])))
    order = np.argsort(-scores, axis=None)
    rank = np.empty(order.size, int)
    rank[order] = np.arange(order.size)
    taken = rank.reshape(image.shape) < np.linspace(0, order.size, PARTS + 1)[:, None, None]  # (parts + 1, 28, 28)
    pixels = image.astype(np.float32) / 255
    curves = np.exp(network.log_probabilities(np.concatenate([pixels * ~taken, pixels * taken]))[:, answer])
    return np.trapezoid(curves.reshape(2, -1), dx=1 / PARTS)


if __name__ == "__main__":
    main()
