"""Weights from a .keras file are those that Keras finds in it, and a damaged one is an error of the expected kinds."""

import zipfile

import numpy as np
import pytest

from core.networks import ink_finder
from core.networks.weights import load_weights


@pytest.fixture(scope="module")
def network():
    return ink_finder()


@pytest.mark.parametrize("name", ["a.keras", "a.weights.h5"])
def test_weights_are_those_that_were_saved(network, tmp_path, name):
    path = tmp_path / name
    network.save(path) if name == "a.keras" else network.save_weights(path)
    other = ink_finder()
    other.set_weights([np.full_like(each, 7) for each in other.get_weights()])
    load_weights(other, path)
    assert all(np.array_equal(*pair) for pair in zip(network.get_weights(), other.get_weights(), strict=True))


def test_damaged_weights_and_those_of_another_file_are_errors(network, tmp_path):
    path = tmp_path / "a.keras"
    with pytest.raises(OSError):
        load_weights(network, path)
    path.write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"^a.keras is damaged or has no weights\.$"):
        load_weights(network, path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(ValueError, match=r"^a.keras is damaged or has no weights\.$"):
        load_weights(network, path)
