"""What the pages keep for all sessions: a person gets nothing from it of another one's data set or run."""

import shutil

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.networks.builder import build
from core.people import Mode, People
from core.runs.run import Run
from core.runs.store import RunStore
from pages.widgets.inside import networks
from pages.widgets.shared import model_predictions, models, workspace
from tests.support.letters import add_letters
from tests.support.runs import finished_status


@pytest.fixture
def people(store):
    return [People(store.root).join(name, 10)[0] for name in ("Anna", "Ben")]


@pytest.fixture
def sign_in(monkeypatch):
    """Make a person the one who is signed in."""
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    return lambda person: monkeypatch.setattr(workspace, "person", lambda: person)


def shared_run(person):
    """A run of the person's own data set that all may read with."""
    run = RunStore(person.root).create(TrainConfig(hidden_units=8, dataset=add_letters(person.root)))
    run.save_model(build(run.config()))
    run.write_status(finished_status())
    run.write_notes(shared=True)
    return run


def test_the_images_of_a_data_set_are_its_owners_alone(people, sign_in):
    anna, ben = people
    run = shared_run(anna)
    sign_in(anna)
    exciting = networks.exciting_images(run.id)
    assert exciting.images and len(model_predictions.labels(run)) == exciting.images
    sign_in(ben)
    with pytest.raises(DatasetError, match="is not here any more"):
        networks.exciting_images(run.id).read()
    with pytest.raises(DatasetError):
        model_predictions.probabilities_of(run.id)
    sign_in(anna)
    assert networks.exciting_images(run.id) is exciting, "its owner finds it again"


def test_two_people_may_have_a_run_of_one_id(people, sign_in):
    anna, ben = people
    run = shared_run(anna)
    DatasetStore(ben.root).folder.mkdir()
    shutil.copytree(DatasetStore(anna.root).folder, DatasetStore(ben.root).folder, dirs_exist_ok=True)
    other = Run(ben.root / run.id)
    shutil.copytree(run.folder, other.folder)
    weights = build(run.config())
    weights.set_weights([each * 0 for each in weights.get_weights()])
    other.save_model(weights)
    shutil.copystat(run.model_path, other.model_path)
    found = []
    for person in people:
        sign_in(person)
        found.append((models.version_of(run.id), model_predictions.probabilities_of(run.id)))
    (version, probabilities), (other_version, others) = found
    assert version != other_version and not np.array_equal(probabilities, others)
