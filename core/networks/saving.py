"""The saving of a network as a .keras file whose bytes depend on the network alone, so that files can be compared."""

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.networks.builder import import_keras
from core.storage import atomic

if TYPE_CHECKING:
    import keras

_NAMING_FIELDS = ("name", "keras_history", "input_layers", "output_layers")
_SAVED = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP archive can give


def save_network(network: "keras.Model", path: Path) -> None:
    """Write the weights and layers of a functional network, without optimizer, as a .keras file; raises `OSError`.

    Two networks of the same layers and weights give the same bytes with one version of Keras: layers are named by their
    order, and the times and memory addresses that Keras writes are replaced.
    """
    keras = import_keras()
    description = _with_names_by_order(keras.saving.serialize_keras_object(network))
    description.pop("compile_config", None)
    renamed = keras.saving.deserialize_keras_object(description, safe_mode=True)
    renamed.set_weights(network.get_weights())
    data = _packed(renamed)
    atomic.replace_file(path, lambda file: file.write(data))


def _with_names_by_order(description: dict[str, Any]) -> dict[str, Any]:
    layers = description["config"]["layers"]
    names = {layer["config"]["name"]: f"{layer['class_name'].lower()}_{k}" for k, layer in enumerate(layers)}

    def renamed(value: Any, is_naming: bool) -> Any:
        if isinstance(value, dict):
            return {field: renamed(each, field in _NAMING_FIELDS) for field, each in value.items()}
        if isinstance(value, list | tuple):
            return [renamed(each, is_naming) for each in value]
        return names.get(value, value) if is_naming and isinstance(value, str) else value

    return renamed(description, False)


def _packed(network: "keras.Model") -> bytes:
    """Return the file that Keras saves, compressed, and without what changes from one saving to the next."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "network.keras"
        network.save(saved)
        with zipfile.ZipFile(saved) as archive, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            for name in sorted(archive.namelist()):
                target.writestr(zipfile.ZipInfo(name, _SAVED), _steady(name, archive.read(name)), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _steady(name: str, data: bytes) -> bytes:
    if not name.endswith(".json"):
        return data
    value = json.loads(data)
    value.pop("date_saved", None)
    numbers: dict[int, int] = {}
    for entry in _objects(value):
        if "shared_object_id" in entry:  # an address in memory
            entry["shared_object_id"] = numbers.setdefault(entry["shared_object_id"], len(numbers))
    return json.dumps(value).encode()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a value of JSON, in order."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(each)
