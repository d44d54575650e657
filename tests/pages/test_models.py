"""What a page says while it loads a model."""

from contextlib import nullcontext

import pytest

from core.networks import builder
from pages.widgets.shared import models


@pytest.mark.parametrize("is_imported", [False, True])
def test_tensorflow_is_named_only_while_it_is_not_loaded(monkeypatch, is_imported):
    said, loaded = [], []
    monkeypatch.setattr(builder, "is_keras_imported", lambda: is_imported, raising=False)
    monkeypatch.setattr(builder, "import_keras", lambda: loaded.append("TensorFlow"))
    monkeypatch.setattr(models.st, "spinner", lambda text: nullcontext(said.append(text)))
    monkeypatch.setattr(models, "_load", lambda path, changed_ns: loaded.append("network"))
    models.open_model(models.RELEASED_ID)
    assert said == ([] if is_imported else ["Loading TensorFlow …"])
    assert loaded == (["network"] if is_imported else ["TensorFlow", "network"])
