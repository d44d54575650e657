"""The images whose label a network doubts most, as a gallery."""

import streamlit as st

from core.config.dataset_spec import MNIST
from core.config.train_config import TrainConfig
from core.evaluation.confident_learning import find_doubtful_labels
from core.evaluation.label_errors import describe_known_errors, known_errors
from core.evaluation.predictions import Array
from pages.widgets.components import gallery

MAX_SHOWN = 100
_MNIST = TrainConfig()


def show_test_images(
    labels: Array, answers: Array, probabilities: Array, name: str, config: TrainConfig = _MNIST
) -> None:
    """Show the doubtful labels of the test images; of MNIST's, those too that are known to be wrong, and their cost.

    labels, answers: (n,), probabilities: (n, classes), in the images' order. name: identity of the gallery. config: a
    recipe with their data set.
    """
    if config.dataset != MNIST:
        _show_own(labels, probabilities, name, config)
        return
    found = find_doubtful_labels(labels, probabilities)
    st.markdown(
        f"**{len(found):,} of the {len(labels):,} test labels are doubtful**, the most doubtful first: MNIST's label, "
        "what the network says and how sure, and what people said where they were asked."
    )
    st.markdown(f":small[{describe_known_errors(labels, answers)}]")
    gallery.show_doubtful(found[:MAX_SHOWN], name, "Test images whose label is doubtful")
    st.markdown("**The labels that people found wrong**, and what the network reads there")
    known = known_errors(labels, probabilities)
    gallery.show_doubtful(known, f"{name}-known", "Test images whose label people found wrong", verb="read")


def _show_own(labels: Array, probabilities: Array, name: str, config: TrainConfig) -> None:
    """Show the doubtful labels of another data set's test images."""
    found = find_doubtful_labels(labels, probabilities)
    if not found:
        st.markdown(f"**No label of the {len(labels):,} {config.tested_on} is doubtful.**")
        return
    st.markdown(
        f"**{len(found):,} of the {len(labels):,} labels of the {config.tested_on} are doubtful**, the most doubtful "
        "first: the label, what the network says and how sure."
    )
    gallery.show_doubtful(found[:MAX_SHOWN], name, "Images whose label is doubtful", config=config)
