"""The PyTorch side of `benchmarks.training_speed --against pytorch`: a process that trains and prints what it measured.

It is PyTorch as its own performance guide has it on a processor: images in channels_last, the fused Adam, a thread for
each core, the images of an epoch shuffled once. It needs NumPy and PyTorch alone (requirements-pytorch.txt), so that
these may be in an environment of their own.
"""

import argparse
import json
import os
import time
from importlib import import_module

import numpy as np


def main():
    """Train for the epochs asked and print the seconds, the test accuracy and PyTorch's version as JSON."""
    options, torch = _options(), _torch()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(cores)
    torch.manual_seed(options.seed)
    with np.load(options.data) as data:
        images, labels, test_images, test_labels = (
            torch.from_numpy(data[name]) for name in ("x_train", "y_train", "x_test", "y_test")
        )
    model = _network(torch.nn, options)
    began = time.perf_counter()
    _train(model, images, labels.long(), options)
    took_s = time.perf_counter() - began
    accuracy = _accuracy(model, test_images, test_labels.long())
    print(json.dumps({"s": took_s, "accuracy": accuracy, "version": torch.__version__}))


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the file of MNIST, mnist.npz")
    parser.add_argument("--network", choices=["mlp", "convnet"], required=True)
    parser.add_argument("--units", type=int, required=True)
    parser.add_argument("--dropout", type=float, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    return parser.parse_args()


def _network(nn, options):
    """Return the network of core/config/architectures.py of that name, layer by layer."""

    def pair(inputs, filters):
        first, second = nn.Conv2d(inputs, filters, 3), nn.Conv2d(filters, filters, 3)
        return [first, nn.ReLU(), second, nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(options.dropout)]

    convolutions = [*pair(1, 32), *pair(32, 64)] if options.network == "convnet" else []
    dense = [nn.Linear(64 * 4 * 4 if convolutions else 28 * 28, options.units), nn.ReLU(), nn.Dropout(options.dropout)]
    model = nn.Sequential(*convolutions, nn.Flatten(), *dense, nn.Linear(options.units, 10))
    return model.to(memory_format=_channels_last())


def _train(model, images, labels, options):
    torch = _torch()
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), options.learning_rate, eps=1e-7, fused=True)
    model.train()
    for _ in range(options.epochs):
        order = torch.randperm(len(images))
        shuffled, wanted = images[order], labels[order]
        for first in range(0, len(images), options.batch_size):
            last = first + options.batch_size
            optimizer.zero_grad(set_to_none=True)
            loss_of(model(_batch(shuffled[first:last])), wanted[first:last]).backward()
            optimizer.step()


def _batch(images):
    """Return (n, 28, 28) uint8 images as (n, 1, 28, 28) float32 in [0, 1]."""
    return (images.unsqueeze(1).float() / 255).contiguous(memory_format=_channels_last())


def _accuracy(model, images, labels):
    torch = _torch()
    model.eval()
    with torch.inference_mode():
        answers = torch.cat([model(_batch(images[first : first + 500])).argmax(1) for first in range(0, 10000, 500)])
    return float((answers == labels).float().mean())


def _channels_last():
    return _torch().channels_last


def _torch():
    """Return PyTorch, which the environment of the app does not have."""
    return import_module("torch")


if __name__ == "__main__":
    main()
