"""Written forms: the ways in which hands write each digit, as pen paths; some are kept aside from all training."""

from core.datasets.written_forms.forms import (
    FAMILIES,
    HURRIED,
    Form,
    choose_form,
    choose_hurried_form,
    choose_whole_form,
    strokes_of,
)

__all__ = ["FAMILIES", "HURRIED", "Form", "choose_form", "choose_hurried_form", "choose_whole_form", "strokes_of"]
