"""A picture with a box around every digit: boxes are picked by pointer, finger or keyboard."""

from collections.abc import Callable

import streamlit as st

from core.pictures.display import data_url
from core.recognition import CorrectedDigit, DigitKind, ReadingView
from core.recognition.corrections import UNSURE_BELOW

_HANDLED = "boxes_handled"  # the number of the last event of the boxes that was handled
_LEGEND = {
    DigitKind.SURE: "sure",
    DigitKind.UNSURE: f"unsure (under {UNSURE_BELOW * 100:.0f} %)",
    DigitKind.NO_DIGIT: "no digit",
    DigitKind.BY_HAND: "set by hand",
}

# The colours have 4 to 1 on black and on white, for a picture may be either; the lines differ without colour too.
_CSS = """
.boxes { font-family: var(--st-font); color: var(--st-text-color); font-variant-numeric: tabular-nums; }
.boxes svg { display: block; width: 100%; max-height: 44rem; cursor: pointer; touch-action: manipulation; }
.boxes svg:focus { outline: none; }
.boxes svg:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.sure { --ink: #1f6fd0; } .unsure { --ink: #b85300; } .no-digit { --ink: #b4348d; } .by-hand { --ink: #0f7b6c; }
.mark rect, .legend line { fill: none; stroke: var(--ink); stroke-width: 2; vector-effect: non-scaling-stroke; }
.mark .halo { stroke: #ffffff; stroke-opacity: 0.75; stroke-width: 4; }
.mark.unsure rect, .legend .unsure line { stroke-dasharray: 6 4; }
.mark.no-digit rect, .legend .no-digit line { stroke-dasharray: 1 4; stroke-linecap: round; }
.mark.by-hand rect, .legend .by-hand line { stroke-width: 4; }
.mark .halo, .mark.picked rect { stroke-dasharray: none; }
.mark.picked rect { stroke-width: 4; }
.mark.picked .halo { stroke-opacity: 1; stroke-width: 9; }
.mark .chip { fill: var(--ink); stroke: none; }
.mark text { fill: #ffffff; font-weight: 600; text-anchor: middle; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 0.5rem; font-size: 0.875rem; }
.legend span { display: inline-flex; align-items: center; gap: 0.4rem; }
.legend svg { width: 1.75rem; height: 0.5rem; cursor: auto; }
.keys { margin: 0.25rem 0 0; font-size: 0.875rem; }
@media (hover: none) { .keys { display: none; } }
"""
_JS = """
const SVG = "http://www.w3.org/2000/svg";

function made(parent, name, attributes) {
  const node = parent.appendChild(document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function build(state) {
  const { svg, data } = state;
  state.image.setAttribute("href", data.image);
  for (const side of ["width", "height"]) state.image.setAttribute(side, data[side]);
  svg.querySelectorAll(".mark").forEach((node) => node.remove());
  state.marks = data.marks.map((mark, index) => {
    const node = made(svg, "g", { role: "option", id: "mark-" + index, "aria-label": mark.words });
    node.outlines = ["halo", "line"].map((name) => made(node, "rect", { class: name }));
    made(node, "rect", { class: "chip" });
    node.label = made(node, "text", {});
    return node;
  });
}

function label(state) {
  state.marks.forEach((node, index) => {
    const mark = state.data.marks[index];
    node.setAttribute("class", "mark " + mark.kind.replace(" ", "-") + (index === state.picked ? " picked" : ""));
    node.setAttribute("aria-selected", index === state.picked);
    node.setAttribute("aria-label", mark.words);
    node.label.textContent = mark.label;
  });
  const picked = state.marks[state.picked];
  if (picked) state.svg.setAttribute("aria-activedescendant", picked.id);
}

function layOut(state) {
  const { svg, data } = state;
  const room = svg.clientWidth;
  if (!room) return;
  const tallest = parseFloat(getComputedStyle(svg).maxHeight) || Infinity;
  let scale = Math.min(room / data.width, 6, tallest / data.height);
  const heights = data.marks.map((mark) => mark.box[3]).sort((a, b) => a - b);
  const typical = heights.length ? heights[heights.length >> 1] : data.height;
  const size = Math.min(Math.max(0.5 * typical * scale, 9), 20) / scale;
  const off = 3 / scale;  // the lines lie around the ink, not on it
  const top = Math.min(0, ...data.marks.map((mark) => mark.box[1] - off - 1.35 * size));
  svg.setAttribute("viewBox", `0 ${top} ${room / scale} ${data.height - top + off}`);
  svg.style.height = (data.height - top + off) * scale + "px";
  state.marks.forEach((node, index) => {
    const [x, y, width, height] = data.marks[index].box;
    const around = { x: x - off, y: y - off, width: width + 2 * off, height: height + 2 * off };
    for (const outline of node.outlines) {
      for (const [key, value] of Object.entries(around)) outline.setAttribute(key, value);
    }
    const chip = node.querySelector(".chip");
    const wide = size * (0.55 + 0.6 * Math.max(data.marks[index].label.length, 1));
    const left = Math.min(Math.max(x + width / 2 - wide / 2, 0), data.width - wide);
    const place = { x: left, y: y - off - 1.3 * size, width: wide, height: 1.2 * size, rx: 0.25 * size };
    for (const [key, value] of Object.entries(place)) chip.setAttribute(key, value);
    node.label.setAttribute("x", left + wide / 2);
    node.label.setAttribute("y", y - off - 0.35 * size);
    node.label.setAttribute("font-size", size);
  });
}

function pick(state, index) {
  if (index < 0 || index >= state.marks.length || index === state.picked) return;
  state.picked = index;
  label(state);
  tell(state, { mark: index });
}

// Presses may come faster than the page answers: each has a number, and is sent until the page has handled it.
function tell(state, event) {
  const { name, handled } = state.data;
  state.last = Math.max(state.last ?? 0, handled) + 1;
  const waiting = (state.events ?? []).filter((each) => each.number > handled);
  state.events = [...waiting, { number: state.last, name, ...event }];
  state.setStateValue("events", state.events);
}

function nearest(state, event) {
  const matrix = state.svg.getScreenCTM();
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  const reach = 24 / matrix.a;
  let best = -1, least = reach;
  state.data.marks.forEach(({ box: [x, y, width, height] }, index) => {
    const aside = Math.max(x - point.x, 0, point.x - x - width);
    const away = Math.hypot(aside, Math.max(y - point.y, 0, point.y - y - height));
    const middle = Math.hypot(x + width / 2 - point.x, y + height / 2 - point.y) / 1e6;  // of two that hold the point
    if (away + middle < least) { least = away + middle; best = index; }
  });
  return best;
}

function press(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const last = state.marks.length - 1, now = state.picked ?? -1;
  const goal = {
    ArrowRight: now + 1, ArrowDown: now + 1, ArrowLeft: now - 1, ArrowUp: now - 1, Home: 0, End: last,
  }[event.key];
  const removed = event.key === "Delete" || event.key === "Backspace";
  if (goal !== undefined) pick(state, Math.min(Math.max(goal, 0), last));
  else if (/^[0-9]$/.test(event.key)) tell(state, { mark: now, label: Number(event.key) });
  else if (removed) tell(state, { mark: now, label: null });
  else return;
  event.preventDefault();
}

function legend(state) {
  const list = state.root.querySelector(".legend");
  list.replaceChildren(...state.data.legend.map(([kind, words]) => {
    const item = document.createElement("span");
    item.className = kind.replace(" ", "-");
    const line = item.appendChild(document.createElementNS(SVG, "svg"));
    made(line, "line", { x1: 2, x2: 26, y1: 4, y2: 4 });
    item.append(words);
    return item;
  }));
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".boxes");
  const state = (root.studio ??= {});
  const fresh = state.data?.name !== data.name;
  Object.assign(state, { root, data, setStateValue });
  if (!state.svg) {
    state.svg = root.querySelector("svg");
    state.image = made(state.svg, "image", {});
    state.svg.addEventListener("click", (event) => pick(state, nearest(state, event)));
    state.svg.addEventListener("keydown", (event) => press(state, event));
    new ResizeObserver(() => layOut(state)).observe(root);
  }
  state.svg.setAttribute("aria-label", data.alt);
  if (fresh) build(state);
  // What was picked here is on its way there: an older answer does not undo it.
  if (fresh || data.handled >= (state.last ?? 0)) state.picked = data.picked;
  label(state);
  layOut(state);
  legend(state);
}
"""
_HTML = """
<div class="boxes">
  <svg role="listbox" tabindex="0" preserveAspectRatio="xMinYMin meet"></svg>
  <div class="legend"></div>
  <p class="keys">Click a box, or move with the arrow keys. A digit typed corrects it; Delete takes it out.</p>
</div>
"""
_boxes = st.components.v2.component("studio_boxes", html=_HTML, css=_CSS, js=_JS)


def boxes(
    view: ReadingView,
    picked: int,
    on_pick: Callable[[int], None],
    on_correct: Callable[[int, int | None], None],
) -> None:
    """Show a reading's picture with a box for each digit and a legend in words.

    picked: the number of the digit that is picked. `on_pick(number)` is called with the digit that was picked,
    `on_correct(number, label)` with what was typed on it: a digit, or None for no digit.
    """
    if not view.display:
        return
    key = "boxes"

    def handle_events() -> None:
        for event in st.session_state[key].events or []:
            if event["number"] <= st.session_state[_HANDLED]:
                continue
            st.session_state[_HANDLED] = event["number"]
            if event["name"] == view.name and "label" in event:
                on_correct(event["mark"], event["label"])
            elif event["name"] == view.name:
                on_pick(event["mark"])

    width, height = view.size
    data = {
        "name": view.name,
        "image": data_url(view.display.picture),
        "width": width,
        "height": height,
        "marks": [
            {"box": each.box, "kind": str(each.kind), "label": _label(each), "words": each.description}
            for each in view.digits
        ],
        "picked": picked,
        "handled": st.session_state.setdefault(_HANDLED, 0),
        "legend": [(str(kind), f"{count} {_LEGEND[kind]}") for kind, count in view.kinds.items()],
        "alt": f"The picture, with a box around each of {len(view.digits)} digits",
    }
    _boxes(key=key, data=data, on_events_change=handle_events)


def _label(digit: CorrectedDigit) -> str:
    sign = "?" if digit.kind is DigitKind.UNSURE else ""
    return "×" if digit.label is None else f"{digit.label}{sign}"
