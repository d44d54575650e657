"""The network of a bundle: its size is checked before it is built, its weights before they are read."""

import math
import zipfile
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib import format as npy

from core.config.train_config import TrainConfig
from core.export.bundle import WEIGHTS, weight_name
from core.export.bundle_zip import BundleError, open_zip
from core.networks import builder
from core.networks.size_limits import MAX_IMPORTED, NetworkSize
from core.storage import safe_zip

if TYPE_CHECKING:
    import keras


def build_network(config: TrainConfig) -> "keras.Model":
    """Build the network of the config after its size and work have been checked; raises `BundleError`."""
    shapes = builder.output_shapes(config)
    size = NetworkSize(
        parameters=builder.count_parameters(config),
        multiplications=builder.count_multiplications(config),
        activations=max(map(math.prod, shapes)),
        layers=len(shapes),
    )
    if excess := size.excess(MAX_IMPORTED):
        raise BundleError(f"The network in this bundle is too large: {excess} are imported.")
    return builder.build(config)


def parse_weights(data: bytes, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Return the float32 arrays of an .npz file, which must be those of a network with weights of these shapes.

    Raises `BundleError` where names, types, shapes or sizes differ, or a weight is NaN or infinite, and what `zipfile`
    and NumPy raise on a damaged archive.
    """
    with open_zip(data) as archive:
        infos = archive.infolist()
        if [info.filename for info in infos] != [f"{weight_name(index)}.npy" for index in range(len(shapes))]:
            raise BundleError(f"{WEIGHTS} in this bundle holds other weights than its network has.")
        return [read_array(archive, info, shape) for info, shape in zip(infos, shapes, strict=True)]


def read_array(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, shape: tuple[int, ...], dtype: str = "<f4"
) -> np.ndarray:
    """Return an array of an .npz file, which must have this shape and dtype; raises as `parse_weights` does."""
    wanted = np.dtype(dtype)
    size = wanted.itemsize * math.prod(shape)
    if not safe_zip.is_allowed(info) or not size < info.file_size < size + 1024:
        raise BundleError(f"{info.filename} in this bundle does not have the size that its network needs.")
    with archive.open(info) as member:
        if npy.read_magic(member) != (1, 0):
            raise BundleError(f"{info.filename} in this bundle is damaged.")
        found, fortran_order, found_dtype = npy.read_array_header_1_0(member)
        if (found, fortran_order, found_dtype) != (shape, False, wanted):
            raise BundleError(
                f"{info.filename} in this bundle is {found_dtype} {found}; its network needs {wanted} {shape}."
            )
        array = np.frombuffer(member.read(size + 1), wanted)
    if array.size != math.prod(shape) or not np.isfinite(array).all():
        raise BundleError(f"{info.filename} in this bundle is damaged.")
    return array.reshape(shape)
