"""The images whose label a network doubts most, as a gallery."""

import streamlit as st

from core.evaluation.confident_learning import find_doubtful_labels
from core.evaluation.label_errors import describe_known_errors, known_errors
from core.evaluation.predictions import Array
from pages.widgets.components import gallery

MAX_SHOWN = 100


def show_test_images(labels: Array, answers: Array, probabilities: Array, name: str) -> None:
    """Show the doubtful labels of the test images, and the accuracy with and without those that are known to be wrong.

    labels, answers: (10000,), probabilities: (10000, 10), in the images' order. name: identity of the gallery.
    """
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
