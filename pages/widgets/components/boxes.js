// A picture with a box around every digit. The picked box is highlighted; pointer, finger and keyboard pick and correct.

const SVG = "http://www.w3.org/2000/svg";
const MAX_SCALE = 6; // screen pixels per picture pixel
const REACH_PX = 24; // a press picks the nearest box that is at most so far away
const MIN_LABEL_PX = 9;
const MAX_LABEL_PX = 20;
const GAP_PX = 3; // the lines lie around the ink, not on it

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

function appendSvg(parent, name, attributes = {}) {
  const node = parent.appendChild(document.createElementNS(SVG, name));
  setAttributes(node, attributes);
  return node;
}

function cssClass(kind) {
  return kind.replace(" ", "-");
}

function createBoxes(state) {
  const { svg, data } = state;
  setAttributes(state.image, { href: data.image, width: data.width, height: data.height });
  for (const node of svg.querySelectorAll(".digit")) node.remove();
  state.nodes = data.digits.map((digit, index) => {
    const node = appendSvg(svg, "g", { role: "option", id: `digit-${index}`, "aria-label": digit.description });
    node.outlines = ["halo", "line"].map((name) => appendSvg(node, "rect", { class: name }));
    node.chip = appendSvg(node, "rect", { class: "chip" });
    node.label = appendSvg(node, "text");
    return node;
  });
}

function updateLabels(state) {
  state.nodes.forEach((node, index) => {
    const digit = state.data.digits[index];
    const picked = index === state.picked;
    node.setAttribute("class", `digit ${cssClass(digit.kind)}${picked ? " picked" : ""}`);
    node.setAttribute("aria-selected", picked);
    node.setAttribute("aria-label", digit.description);
    node.label.textContent = digit.label;
  });
  const picked = state.nodes[state.picked];
  if (picked) state.svg.setAttribute("aria-activedescendant", picked.id);
}

// Return the screen pixels per picture pixel, and the height of a label's text in picture pixels.
function measure({ svg, data }) {
  const maxHeightPx = parseFloat(getComputedStyle(svg).maxHeight) || Infinity;
  const scale = Math.min(svg.clientWidth / data.width, MAX_SCALE, maxHeightPx / data.height);
  const heights = data.digits.map(({ box }) => box[3]).sort((a, b) => a - b);
  const typical = heights.length ? heights[heights.length >> 1] : data.height;
  const labelPx = Math.min(Math.max(0.5 * typical * scale, MIN_LABEL_PX), MAX_LABEL_PX);
  return { scale, size: labelPx / scale };
}

function layOut(state) {
  const { svg, data } = state;
  if (!svg.clientWidth) return;
  const { scale, size } = measure(state);
  const gap = GAP_PX / scale;
  const top = Math.min(0, ...data.digits.map(({ box }) => box[1] - gap - 1.35 * size));
  const height = data.height - top + gap;
  svg.setAttribute("viewBox", `0 ${top} ${svg.clientWidth / scale} ${height}`);
  svg.style.height = `${height * scale}px`;
  state.nodes.forEach((node, index) => {
    layOutDigit(node, data.digits[index], data.width, size, gap);
  });
}

// Place a digit's outlines around its box, and its label on a chip above it, within the picture's width.
function layOutDigit(node, { box, label }, pictureWidth, size, gap) {
  const [x, y, width, height] = box;
  for (const outline of node.outlines) {
    setAttributes(outline, { x: x - gap, y: y - gap, width: width + 2 * gap, height: height + 2 * gap });
  }
  const chipWidth = size * (0.55 + 0.6 * Math.max(label.length, 1));
  const left = Math.min(Math.max(x + width / 2 - chipWidth / 2, 0), pictureWidth - chipWidth);
  const chip = { x: left, y: y - gap - 1.3 * size, width: chipWidth, height: 1.2 * size, rx: 0.25 * size };
  setAttributes(node.chip, chip);
  setAttributes(node.label, { x: left + chipWidth / 2, y: y - gap - 0.35 * size, "font-size": size });
}

function pick(state, index) {
  if (index < 0 || index >= state.nodes.length || index === state.picked) return;
  state.picked = index;
  updateLabels(state);
  sendEvent(state, { digit: index });
}

// Presses may come faster than the server answers: each event has a number, and is sent again with every later one
// until the server has acknowledged that number.
function sendEvent(state, event) {
  const { reading, acknowledged } = state.data;
  state.lastNumber = Math.max(state.lastNumber ?? 0, acknowledged) + 1;
  const pending = (state.events ?? []).filter(({ number }) => number > acknowledged);
  state.events = [...pending, { number: state.lastNumber, reading, ...event }];
  state.setStateValue("events", state.events);
}

// Return the index of the digit whose box is nearest to the pointer, or -1 where none is in reach.
function nearestDigit(state, event) {
  const matrix = state.svg.getScreenCTM();
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  let nearest = -1;
  let least = REACH_PX / matrix.a;
  state.data.digits.forEach(({ box: [x, y, width, height] }, index) => {
    const besidePx = Math.max(x - point.x, 0, point.x - x - width);
    const abovePx = Math.max(y - point.y, 0, point.y - y - height);
    // Of two boxes that hold the point, the one with the nearer centre is picked.
    const toCentre = Math.hypot(x + width / 2 - point.x, y + height / 2 - point.y) / 1e6;
    const distance = Math.hypot(besidePx, abovePx) + toCentre;
    if (distance < least) {
      least = distance;
      nearest = index;
    }
  });
  return nearest;
}

function handleKey(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const last = state.nodes.length - 1;
  const current = state.picked ?? -1;
  const target = {
    ArrowRight: current + 1,
    ArrowDown: current + 1,
    ArrowLeft: current - 1,
    ArrowUp: current - 1,
    Home: 0,
    End: last,
  }[event.key];
  if (target !== undefined) pick(state, Math.min(Math.max(target, 0), last));
  else if (/^[0-9]$/.test(event.key)) sendEvent(state, { digit: current, label: Number(event.key) });
  else if (event.key === "Delete" || event.key === "Backspace") sendEvent(state, { digit: current, label: null });
  else return;
  event.preventDefault();
}

function showLegend(state) {
  const entries = state.data.legend.map(([kind, text]) => {
    const entry = document.createElement("span");
    entry.className = cssClass(kind);
    const sample = entry.appendChild(document.createElementNS(SVG, "svg"));
    appendSvg(sample, "line", { x1: 2, x2: 26, y1: 4, y2: 4 });
    entry.append(text);
    return entry;
  });
  state.root.querySelector(".legend").replaceChildren(...entries);
}

function start(state) {
  state.svg = state.root.querySelector("svg");
  state.image = appendSvg(state.svg, "image");
  state.svg.addEventListener("click", (event) => pick(state, nearestDigit(state, event)));
  state.svg.addEventListener("keydown", (event) => handleKey(state, event));
  new ResizeObserver(() => layOut(state)).observe(state.root);
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".boxes");
  root.boxes ??= {};
  const state = root.boxes;
  const isNew = state.data?.reading !== data.reading;
  Object.assign(state, { root, data, setStateValue });
  if (!state.svg) start(state);
  state.svg.setAttribute("aria-label", data.alt);
  if (isNew) createBoxes(state);
  // What was picked since may still be on its way to the server: an older answer does not undo it.
  if (isNew || data.acknowledged >= (state.lastNumber ?? 0)) state.picked = data.picked;
  updateLabels(state);
  layOut(state);
  showLegend(state);
}
