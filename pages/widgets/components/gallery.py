"""Test images in rows, each with what it is and what networks answered."""

from collections.abc import Sequence

import streamlit as st

from core.evaluation.comparison import Disagreement
from core.evaluation.misclassified import PredictedImage, picture_url

_IMAGES_A_PAGE = 50

_CSS = """
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.2rem, 1fr)); gap: 0.9rem 0.6rem;
  margin: 0; padding: 0; list-style: none; font-family: var(--st-font); font-size: 0.8125rem;
  color: var(--st-text-color); font-variant-numeric: tabular-nums; }
img { display: block; width: 84px; height: 84px; image-rendering: pixelated; margin-bottom: 0.25rem;
  border-radius: var(--st-base-radius); background: #000; }
"""

_JS = """
export default function ({ data, parentElement }) {
  const list = parentElement.querySelector("ul");
  list.setAttribute("aria-label", data.label);
  list.replaceChildren(...data.images.map(({ url, lines }) => {
    const entry = document.createElement("li");
    const image = document.createElement("img");
    image.src = url;
    image.alt = "";
    entry.append(image, ...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    return entry;
  }));
}
"""

_gallery = st.components.v2.component("studio_gallery", html='<ul class="gallery"></ul>', css=_CSS, js=_JS)


def show(found: Sequence[PredictedImage], name: str, label: str) -> None:
    """Show test images as one network answered them, fifty at a time.

    `name` tells this gallery from others, `label` says what it shows to those who do not see it.
    """
    images = [
        (each.index, [f"{each.label} read as {each.answer}", f"{each.confidence:.1%} sure"])
        for each in _page(found, name)
    ]
    _show(images, name, label)


def show_disagreements(found: Sequence[Disagreement], letters: str, name: str) -> None:
    """Show test images that networks answered differently; each network has a letter."""
    images = [(each.index, [f"is a {each.label}", *_answers(each, letters)]) for each in _page(found, name)]
    _show(images, name, "Test images on which the networks disagree")


def _page(found, name):
    pages = -(-len(found) // _IMAGES_A_PAGE)
    first = (st.pagination(pages, key=f"pages-{name}") - 1) * _IMAGES_A_PAGE if pages > 1 else 0
    return found[first : first + _IMAGES_A_PAGE]


def _answers(each, letters):
    answered = zip(letters, each.answers, each.confidences, strict=True)
    return [f"{letter}: {answer}, {confidence:.1%}" for letter, answer, confidence in answered]


def _show(images, name, label):
    data = {"images": [{"url": picture_url(index), "lines": lines} for index, lines in images], "label": label}
    _gallery(key=f"gallery-{name}", data=data)
