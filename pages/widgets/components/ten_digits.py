"""The person's own ten digits, each with what a network reads in it, updated in place."""

import streamlit as st

from core.datasets.probe_digits import ProbeDigits
from core.pictures.display import data_url, encode

_CSS = """
.ten { flex: 1; display: grid; grid-template-columns: repeat(10, minmax(0, 1fr)); gap: 0.5rem; list-style: none;
  margin: 0; padding: 0; font-variant-numeric: tabular-nums; }
.field { container-type: inline-size; }
.row { display: flex; align-items: center; gap: 1rem; font-family: var(--st-font); color: var(--st-text-color); }
.what { flex: 0 0 5.5rem; font-size: 0.875rem; }
@container (max-width: 560px) {
  .row { display: block; }
  .what { margin-bottom: 0.5rem; }
  .ten { grid-template-columns: repeat(5, minmax(0, 1fr)); }
}
.ten li { text-align: center; margin: 0; }
.ten img { width: 100%; max-width: 52px; image-rendering: pixelated; border-radius: 4px; display: block; margin: auto; }
.ten .answer { font-size: 1.15rem; font-weight: 600; line-height: 1.5; }
.ten .sure { font-size: 0.8rem; opacity: 0.8; }
.ten .wrong .answer { text-decoration: underline wavy; text-underline-offset: 3px; color: var(--st-red-text-color); }
"""
_JS = """
export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".ten");
  while (list.children.length < data.digits.length) {
    const item = document.createElement("li");
    item.append(document.createElement("img"), document.createElement("div"), document.createElement("div"));
    item.children[1].className = "answer";
    item.children[2].className = "sure";
    list.append(item);
  }
  data.digits.forEach((digit, place) => {
    const [image, answer, sure] = list.children[place].children;
    if (image.src !== digit.image) image.src = digit.image;
    image.alt = digit.alt;
    answer.textContent = digit.answer;
    sure.textContent = digit.sure;
    list.children[place].className = digit.state;
  });
}
"""
_HTML = """
<div class="field"><div class="row"><div class="what" id="what">Ten digits, read while it learns</div>
<ol class="ten" aria-labelledby="what"></ol></div></div>
"""
_strip = st.components.v2.component("studio_ten_digits", html=_HTML, css=_CSS, js=_JS)


def ten_digits(ten: ProbeDigits, answers: list[int], confidences: list[float], name: str) -> None:
    """Show the ten pictures with their answers; without answers the places are empty, so that nothing moves later."""
    known = zip(answers, confidences, strict=True) if answers else [(None, 0.0)] * 10
    digits = [_digit(label, *each, ten) for label, each in enumerate(known)]
    _strip(key=f"ten-{name}", data={"digits": digits})


def _digit(label, answer, confidence, ten):
    whose = "Your own" if ten.own[label] else "MNIST's"
    if answer is None:
        return {
            "image": data_url(encode(ten.images[label])),
            "alt": f"{whose} {label}",
            "answer": "–",
            "sure": " ",
            "state": "",
        }
    return {
        "image": data_url(encode(ten.images[label])),
        "alt": f"{whose} {label}, read as {answer} with {confidence:.0%}",
        "answer": str(answer),
        "sure": f"{confidence:.0%}",
        "state": "right" if answer == label else "wrong",
    }
