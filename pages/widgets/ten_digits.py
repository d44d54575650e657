"""The person's own ten digits, each with what a network reads in it, updated in place."""

import streamlit as st

from core.my_digits import TenDigits
from core.thumbnails import data_url

_CSS = """
.ten { display: grid; grid-template-columns: repeat(10, minmax(0, 1fr)); gap: 0.5rem; list-style: none; margin: 0;
  padding: 0; font-family: var(--st-font); color: var(--st-text-color); font-variant-numeric: tabular-nums; }
@container (max-width: 560px) { .ten { grid-template-columns: repeat(5, minmax(0, 1fr)); } }
.field { container-type: inline-size; }
.ten li { text-align: center; margin: 0; }
.ten img { width: 100%; max-width: 64px; image-rendering: pixelated; border-radius: 4px; display: block; margin: auto; }
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
_strip = st.components.v2.component(
    "studio_ten_digits", html='<div class="field"><ol class="ten"></ol></div>', css=_CSS, js=_JS
)


def ten_digits(ten: TenDigits, answers: list[int], confidences: list[float], name: str) -> None:
    """Show the ten pictures with their answers; without answers the places are empty, so that nothing moves later."""
    known = zip(answers, confidences, strict=True) if answers else [(None, 0.0)] * 10
    digits = [_digit(label, *each, ten) for label, each in enumerate(known)]
    _strip(key=f"ten-{name}", data={"digits": digits})


def _digit(label, answer, confidence, ten):
    whose = "Your own" if ten.own[label] else "MNIST's"
    if answer is None:
        return {
            "image": data_url(ten.images[label]),
            "alt": f"{whose} {label}",
            "answer": "–",
            "sure": " ",
            "state": "",
        }
    return {
        "image": data_url(ten.images[label]),
        "alt": f"{whose} {label}, read as {answer} with {confidence:.0%}",
        "answer": str(answer),
        "sure": f"{confidence:.0%}",
        "state": "right" if answer == label else "wrong",
    }
