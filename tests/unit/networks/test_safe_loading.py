"""Model files are measured before anything is built of them: hostile ones are refused, usual ones are loaded."""

import io
import json
import tracemalloc
import zipfile

import numpy as np
import pytest

from core.networks import safe_loading
from core.networks.builder import import_keras
from core.networks.safe_loading import ModelError, load_model
from tests.support.app import DENIED, failing


def layer(kind, **config):
    return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}


def sequential(*layers):
    config = {"name": "m", "trainable": True, "dtype": "float32", "layers": list(layers)}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


def start(shape=(28, 28)):
    return layer("InputLayer", batch_shape=[None, *shape], dtype="float32", name="start")


END = (layer("Flatten", name="flat"), layer("Dense", name="end", units=10, activation="softmax"))
PICTURE = layer("Reshape", name="picture", target_shape=[28, 28, 1])
ROW = layer("Flatten", name="row")
NARROW = layer("Dense", name="narrow", units=1)


def nested(depth):
    inner = layer("Identity", name="inner")
    for _ in range(depth):
        inner = sequential(start(), inner)
    return inner


HOSTILE = {
    "repeat": [ROW, NARROW, layer("RepeatVector", n=3_000_000), *END],
    "repeat within a model": [ROW, NARROW, sequential(start((1,)), layer("RepeatVector", n=3_000_000)), *END],
    "repeat at each step": [
        layer("TimeDistributed", layer=layer("RepeatVector", n=30_000)),
        layer("GlobalAveragePooling2D"),
        *END,
    ],
    "up-sampling": [PICTURE, layer("UpSampling2D", size=[1000, 1000]), layer("GlobalMaxPooling2D"), *END],
    "padding": [PICTURE, layer("ZeroPadding2D", padding=[[9999, 9999], [9999, 9999]]), *END],
    "resizing": [PICTURE, layer("Resizing", height=100_000, width=100_000), layer("GlobalMaxPooling2D"), *END],
    "wide": [ROW, layer("Dense", units=10**9), *END],
    "wider than numbers of 64 bits": [ROW, layer("Dense", units=10**400), *END],
    "embedding": [ROW, layer("Embedding", input_dim=10**9, output_dim=1), *END],
    "large embedding": [ROW, layer("Embedding", input_dim=10, output_dim=10**6), *END],
    "huge kernel": [PICTURE, layer("Conv2D", filters=1, kernel_size=[20_000, 20_000], padding="same"), *END],
    "transposed": [PICTURE, layer("Conv2DTranspose", filters=1, kernel_size=3, strides=5000), *END],
    "work": [PICTURE, layer("Conv2D", filters=600, kernel_size=[99, 99], padding="same"), *END],
    "many layers": [*(layer("Dense", name=f"d{number}", units=28) for number in range(5000)), *END],
    "unrolled": [ROW, NARROW, layer("RepeatVector", n=9000), layer("LSTM", units=1, unroll=True), *END],
    "unrolled both ways": [
        ROW,
        NARROW,
        layer("RepeatVector", n=9000),
        layer("Bidirectional", layer=layer("GRU", units=1, unroll=True)),
        *END,
    ],
    "long sequence": [ROW, NARROW, layer("RepeatVector", n=400_000), layer("SimpleRNN", units=1), *END],
    "many steps": [
        layer("UpSampling1D", size=500),
        layer("Reshape", target_shape=[392_000, 1]),
        layer("TimeDistributed", layer=layer("Dense", units=1)),
        *END,
    ],
    "steps within steps": [
        PICTURE,
        layer("TimeDistributed", layer=layer("TimeDistributed", layer=layer("Dense", units=1))),
        *END,
    ],
    "unrolled backward": [
        ROW,
        NARROW,
        layer("RepeatVector", n=9000),
        layer(
            "Bidirectional",
            layer=layer("GRU", units=1),
            backward_layer=layer("GRU", units=1, unroll=True, go_backwards=True),
        ),
        *END,
    ],
    "pooling": [
        PICTURE,
        layer("UpSampling2D", size=25),
        layer("MaxPooling2D", pool_size=700, strides=1, padding="same"),
        layer("GlobalMaxPooling2D"),
        *END,
    ],
    "filters of channels first": [
        layer("Reshape", target_shape=[1, 1, 784]),
        layer("UpSampling2D", size=[1, 500], data_format="channels_first"),
        layer("Conv2D", filters=1, kernel_size=[1, 9000], data_format="channels_first", padding="same"),
        layer("GlobalMaxPooling2D"),
        *END,
    ],
    "deep": [nested(100), *END],
    "made for another input": [ROW, sequential(start((10**9,)), layer("Dense", units=1)), *END],
}


def attention():
    """A network that compares each of 784 values with each other one, eight times."""
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": ["row", 0, 0]}}
    called = [{"args": [tensor, tensor], "kwargs": {}}]
    layers = [
        start() | {"name": "start", "inbound_nodes": []},
        layer("Reshape", name="row", target_shape=[784, 1])
        | {
            "name": "row",
            "inbound_nodes": [
                {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["start", 0, 0]}}]}
            ],
        },
        layer("MultiHeadAttention", num_heads=8, key_dim=1) | {"name": "end", "inbound_nodes": called},
    ]
    config = {"name": "m", "layers": layers, "input_layers": ["start", 0, 0], "output_layers": ["end", 0, 0]}
    return {"module": "keras", "class_name": "Functional", "config": config, "registered_name": None}


def model_file(tmp_path, config, weights=b""):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", weights)
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_network_is_refused_before_it_is_built(name, tmp_path, monkeypatch):
    keras = import_keras()
    monkeypatch.setattr(keras.Sequential, "call", lambda *_: pytest.fail("built"))
    monkeypatch.setattr(keras.Sequential, "load_weights", lambda *_: pytest.fail("built"))
    path = model_file(tmp_path, sequential(start(), *HOSTILE[name]))
    tracemalloc.start()
    with pytest.raises(ModelError, match=r"at most|cannot be put together") as refused:
        load_model(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 50_000_000 and len(str(refused.value)) < 400


def test_what_attention_holds_between_two_sequences_counts(tmp_path):
    with pytest.raises(ModelError, match="4,943,120 numbers in its widest layer"):
        load_model(model_file(tmp_path, attention()))


def tensor(name):
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}


def called(made, *args, **kwargs):
    """Return a layer of a functional model, with its one call."""
    return made | {"name": made["config"]["name"], "inbound_nodes": [{"args": list(args), "kwargs": kwargs}]}


def functional(*layers):
    """Return a functional model from the layer “start” to the layer “end”."""
    first = start() | {"name": "start", "inbound_nodes": []}
    config = {"name": "m", "trainable": True, "layers": [first, *layers]}
    config |= {"input_layers": [["start", 0, 0]], "output_layers": [["end", 0, 0]]}
    return {"module": "keras", "class_name": "Functional", "config": config, "registered_name": None}


START = tensor("start")
LINE = {"target_shape": [1, 784]}
NUMBER = {"class_name": "__numpy__", "config": {"value": [1], "dtype": "float32"}}
GRAPHS = {
    "products": (
        [
            called(layer("Reshape", name="tall", target_shape=[784, 1]), START),
            called(layer("Dense", name="long", units=600), tensor("tall")),
            called(layer("Permute", name="wide", dims=[2, 1]), tensor("long")),
            *(called(layer("Dot", name=f"d{i}", axes=-1), [tensor("wide"), tensor("wide")]) for i in range(9)),
        ],
        "multiplications",
    ),
    "heads": (
        [called(layer("MultiHeadAttention", name="end", num_heads=1, key_dim=100_000), START, START)],
        "numbers in its widest layer",
    ),
    "a larger key": (
        [
            called(layer("Reshape", name="key", **LINE), START),
            called(layer("Dense", name="query", units=1), tensor("key")),
            called(
                layer("MultiHeadAttention", name="end", num_heads=1, key_dim=30_000, value_dim=1),
                tensor("query"),
                key=tensor("key"),
                value=tensor("query"),
            ),
        ],
        "weights",
    ),
    "states of another size": (
        [
            called(layer("Flatten", name="flat"), START),
            called(layer("SimpleRNN", name="end", units=1), START, initial_state=[tensor("flat")]),
        ],
        "cannot be put together",
    ),
    "a constant": ([called(layer("Add", name="end"), [START, NUMBER])], "cannot be determined here"),
    "numbers": ([called(layer("Add", name="end"), [START, [1.0, 2.0]])], "cannot be determined here"),
    "a mask": (
        [called(layer("MultiHeadAttention", name="end", num_heads=1, key_dim=1), START, START, attention_mask=START)],
        "cannot be determined here",
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_hostile_graph_is_refused(name, tmp_path):
    layers, reason = GRAPHS[name]
    with pytest.raises(ModelError, match=reason):
        load_model(model_file(tmp_path, functional(*layers)))


@pytest.mark.parametrize("kind", [[], {}, None, 3])
def test_a_layer_whose_class_has_no_name_is_refused_in_words(kind, tmp_path):
    with pytest.raises(ModelError, match="model.keras is damaged"):
        load_model(model_file(tmp_path, sequential(start(), {"class_name": kind, "config": {}}, *END)))


def test_a_model_whose_size_cannot_be_determined_is_not_called_damaged(tmp_path):
    unknown = sequential(layer("InputLayer", shape=[28, 28], name="start"), *END)
    own = sequential(layer("Dense", name="own", units=1, input_shape=[10**9]), *END)
    own["config"]["build_input_shape"] = [None, 28, 28]
    for config in (unknown, own):
        with pytest.raises(ModelError, match=r"^The size of model\.keras cannot be determined here.*save it again\.$"):
            load_model(model_file(tmp_path, config))


def as_keras_2(config):
    """Return the config of a model as Keras 2.13 to 2.15 wrote it."""
    if config["class_name"] == "Functional":
        config |= {"module": "keras.src.engine.functional", "registered_name": "Functional"}
    for entry in config["config"]["layers"]:
        if entry["class_name"] == "InputLayer":
            entry["config"] = {
                "batch_input_shape": entry["config"]["batch_shape"],
                "dtype": "float32",
                "sparse": False,
                "ragged": False,
                "name": entry["config"]["name"],
            }
        elif entry["class_name"] == "GRU":
            entry["config"] |= {"time_major": False, "implementation": 2, "batch_input_shape": [None, 28, 28]}
        if nodes := entry.get("inbound_nodes"):
            entry["inbound_nodes"] = [list(old_references(node["args"])) for node in nodes]
    config["config"].pop("build_input_shape", None)
    return config


def old_references(value):
    for each in value:
        if isinstance(each, list):
            yield from old_references(each)
        else:
            yield [*each["config"]["keras_history"], {}]


def test_models_that_keras_2_saved_are_loaded_and_answer_as_before(tmp_path):
    keras, image = import_keras(), np.random.default_rng(0).random((2, 28, 28), np.float32)
    layers, begin = keras.layers, keras.Input((28, 28))
    flat = layers.Flatten()(begin)
    joined = layers.Concatenate()([layers.Dense(4)(flat), layers.Dense(3)(flat)])
    graph = keras.Model(begin, layers.Dense(10, "softmax")(joined))
    row = keras.Sequential([begin, layers.GRU(3), layers.Dense(10, "softmax")])
    for model in (graph, row):
        model.save(tmp_path / "saved.keras")
        with zipfile.ZipFile(tmp_path / "saved.keras") as archive:
            config, weights = json.loads(archive.read("config.json")), archive.read("model.weights.h5")
        found = load_model(model_file(tmp_path, as_keras_2(config), weights))
        assert np.allclose(found(image, training=False), model(image, training=False), atol=1e-6)


@pytest.mark.parametrize("kind", ["STFTSpectrogram", "RandomCrop", "StackedRNNCells", "HashedCrossing", "Conv3D"])
def test_a_layer_whose_size_is_not_measured_is_refused_by_name(kind, tmp_path):
    with pytest.raises(ModelError, match=f"needs “{kind}”, a layer of Keras that is not loaded here"):
        load_model(model_file(tmp_path, sequential(start(), layer(kind), *END)))


def test_a_config_of_great_depth_is_refused_in_words(tmp_path):
    deep = '{"a":' * 900 + "1" + "}" * 900
    path = model_file(tmp_path, {})
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (("config.json", deep), ("metadata.json", "{}"), ("model.weights.h5", "")):
            archive.writestr(name, text)
    with pytest.raises(ModelError, match="model.keras is damaged"):
        load_model(path)


def test_what_layers_say_they_were_built_for_does_not_count(tmp_path):
    """Keras would build a layer for that, with memory for its weights."""
    keras = import_keras()
    keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]).save(
        tmp_path / "small.keras"
    )
    with zipfile.ZipFile(tmp_path / "small.keras") as archive:
        config, weights = json.loads(archive.read("config.json")), archive.read("model.weights.h5")
    config["config"]["layers"][-1]["build_config"] = {"input_shape": [None, 10**10]}
    assert load_model(model_file(tmp_path, config, weights)).count_params() == 7850


def networks(keras):
    """Networks as people make them, each with another kind of layer or graph."""
    layers, start = keras.layers, keras.Input((28, 28))
    end = layers.Dense(10, "softmax")
    flat = layers.Flatten()(start)
    branch = layers.Dense(8, "relu")(flat)
    yield keras.Model(start, end(layers.Concatenate()([layers.Dense(4)(flat), layers.Add()([branch, branch])])))
    shared = keras.Sequential([keras.Input((14, 28)), layers.Flatten(), layers.Dense(6, "relu")], name="shared")
    halves = [layers.Cropping1D(each)(start) for each in ((0, 14), (14, 0))]
    yield keras.Model(start, layers.Dense(10, "softmax")(layers.Average()([shared(half) for half in halves])))
    attended = layers.MultiHeadAttention(2, 4)(start, start)
    yield keras.Model(start, layers.Dense(10, "softmax")(layers.GlobalAveragePooling1D()(attended)))
    yield keras.Sequential([start, layers.Bidirectional(layers.LSTM(4)), layers.Dense(10, "softmax")])
    _, *states = layers.LSTM(4, return_state=True)(start)
    yield keras.Model(start, layers.Dense(10, "softmax")(layers.LSTM(4)(start, initial_state=states)))
    both, *states = layers.Bidirectional(layers.GRU(3, return_state=True))(start)
    again = layers.Bidirectional(layers.GRU(3))(start, initial_state=states)
    yield keras.Model(start, layers.Dense(10, "softmax")(layers.Concatenate()([both, again])))
    inner = keras.Input((784,))
    yield keras.Model(start, keras.Model(inner, layers.Dense(10, "softmax")(inner))(flat))
    yield keras.Sequential(
        [start, layers.TimeDistributed(layers.Dense(3)), layers.GRU(4, unroll=True), layers.Dense(10, "softmax")]
    )
    yield keras.Sequential(
        [
            start,
            layers.Reshape((28, 28, 1)),
            layers.RandomRotation(0.1),
            layers.SeparableConv2D(4, 3),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Dropout(0.2),
            layers.GlobalAveragePooling2D(),
            layers.LayerNormalization(),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


def test_networks_as_people_make_them_are_loaded_and_answer_as_before(tmp_path):
    keras, image = import_keras(), np.random.default_rng(0).random((2, 28, 28), np.float32)
    for model in networks(keras):
        model.save(tmp_path / "model.keras")
        found = load_model(tmp_path / "model.keras")
        assert np.allclose(found(image, training=False), model(image, training=False), atol=1e-6)
        assert found.count_params() == model.count_params()


def test_a_model_in_another_form_is_named_with_what_to_do(tmp_path, monkeypatch):
    keras = import_keras()
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    model.save(tmp_path / "old.h5")
    with pytest.raises(ModelError, match=r"old.h5 is a model in Keras's older HDF5 form.*\.save\(\"old.keras\"\)"):
        load_model(tmp_path / "old.h5")
    model.save_weights(tmp_path / "only.weights.h5")
    with pytest.raises(ModelError, match=r"only.weights.h5 is .*HDF5"):
        load_model(tmp_path / "only.weights.h5")
    (tmp_path / "phone.tflite").write_bytes(b"\x1c\0\0\0TFL3" + bytes(20))
    with pytest.raises(ModelError, match=r"phone.tflite is a LiteRT model"):
        load_model(tmp_path / "phone.tflite")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("about.json", "{}")
        archive.writestr("weights.npz", "")
    (tmp_path / "run.zip").write_bytes(packed.getvalue())
    with pytest.raises(ModelError, match=r"run.zip is a bundle of Digit Studio.*Import"):
        load_model(tmp_path / "run.zip")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").touch()
    with pytest.raises(ModelError, match=r"saved is a SavedModel"):
        load_model(tmp_path / "saved" / "model.keras")
    (tmp_path / "old.h5").rename(tmp_path / "named.keras")
    with pytest.raises(ModelError, match=r"named.keras is a model in Keras's older HDF5 form"):
        load_model(tmp_path / "named.keras")
    monkeypatch.setattr("builtins.open", failing(DENIED[1]))
    with pytest.raises(ModelError, match="permission is denied"):
        load_model(tmp_path / "named.keras")


def test_a_refusal_needs_no_tensorflow(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_loading, "import_keras", lambda: pytest.fail("TensorFlow was loaded"))
    (tmp_path / "x.keras").write_text("nothing")
    for path in (tmp_path / "x.keras", tmp_path / "missing.keras", model_file(tmp_path, layer("Lambda"))):
        with pytest.raises(ModelError):
            load_model(path)
