// A picture with a box around every digit. The picked box is highlighted; pointer, finger and keyboard pick, correct and
// change boxes, and choose the part of the picture that is read.
//
// In the mode "number" the boxes lie over a canvas that shows the picture already: it takes all strokes that do not begin
// on a label, and passes taps on to the boxes.
//
// What is changed is shown at once and sent to the server as an event that names boxes by their place: [left, top, width,
// height] in the picture's pixels. The server's answer then takes the place of what is shown.

const SVG = "http://www.w3.org/2000/svg";
const MAX_SCALE = 6; // screen pixels per picture pixel
const REACH_PX = 24; // a press picks the nearest box that is at most so far away
const GRIP_PX = { mouse: 8, pen: 12, touch: 20 }; // so far from its edge the picked box is gripped
const CLICK_PX = 4; // a pointer that moves less is a click
const MIN_LABEL_PX = 9;
const MAX_LABEL_PX = 20;
const LABEL_ROOM = 1.35; // times the height of a label's text, above a box
const GAP_PX = 3; // the lines lie around the ink, not on it
const STEP_PX = 2; // of the screen, that a press of an arrow key moves an edge
const NUDGED_MS = 600; // after the last of several presses they are one change
const INSET_SHARE = 0.1; // of the picture, around the part that is offered at first

const HINTS = {
  boxes:
    "Click a box or use the arrow keys; drag it or its edges. A digit typed corrects it. Delete removes it, J joins, " +
    "S splits, N adds, C crops, Shift+arrows move, Alt+arrows resize, Ctrl+Z undoes.",
  crop: "C crops the picture to a part, Ctrl+Z undoes.",
};
const TOUCH_DRAWING_HINTS = {
  add: "Drag around the digit; Add again leaves.",
  crop: "Drag over the part to read; Crop again leaves.",
};
const TOUCH_HINTS = {
  boxes: "Tap a box, then drag it or its edges.",
  crop: "Crop, then drag over the digit.",
};
const DRAWING_HINTS = {
  add: "Drag a box around the digit. Or Shift+arrows move it, Alt+arrows resize it, Enter reads it; Escape leaves.",
  crop: "Drag over the part to read. Or Shift+arrows move it, Alt+arrows resize it, Enter reads it; Escape leaves.",
};

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

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

function isSame(one, other) {
  return String(one) === String(other);
}

// Return the box that holds two corners, of at least one pixel, cut off at the limits.
function boxOf([x, y], [otherX, otherY], [left, top, width, height]) {
  const [x0, x1] = [x, otherX].sort((a, b) => a - b).map((each) => clamp(Math.round(each), left, left + width));
  const [y0, y1] = [y, otherY].sort((a, b) => a - b).map((each) => clamp(Math.round(each), top, top + height));
  return [x0, y0, Math.max(1, x1 - x0), Math.max(1, y1 - y0)];
}

function union(one, other) {
  const left = Math.min(one[0], other[0]);
  const top = Math.min(one[1], other[1]);
  const right = Math.max(one[0] + one[2], other[0] + other[2]);
  return [left, top, right - left, Math.max(one[1] + one[3], other[1] + other[3]) - top];
}

// Return the box moved by so much, or with the gripped edges moved by it, within the limits.
function moved([x, y, width, height], grip, [byX, byY], limits) {
  const [left, top, limitWidth, limitHeight] = limits;
  if (grip.isMove) {
    const newX = clamp(Math.round(x + byX), left, left + limitWidth - width);
    return [newX, clamp(Math.round(y + byY), top, top + limitHeight - height), width, height];
  }
  const x0 = grip.left ? Math.min(x + byX, x + width - 1) : x;
  const y0 = grip.top ? Math.min(y + byY, y + height - 1) : y;
  const x1 = grip.right ? Math.max(x + width + byX, x + 1) : x + width;
  const y1 = grip.bottom ? Math.max(y + height + byY, y + 1) : y + height;
  return boxOf([x0, y0], [x1, y1], limits);
}

// Return which edges of a box are gripped at a point that far from them, or that all of it is; null beside it.
function gripAt([x, y, width, height], [px, py], reach) {
  const inX = Math.min(reach, width / 4);
  const inY = Math.min(reach, height / 4);
  if (px < x - reach || px > x + width + reach || py < y - reach || py > y + height + reach) return null;
  const grip = { left: px < x + inX, right: px > x + width - inX, top: py < y + inY, bottom: py > y + height - inY };
  return { ...grip, isMove: !Object.values(grip).some(Boolean) };
}

function cursorOf(grip) {
  if (!grip) return "";
  if (grip.isMove) return "move";
  if ((grip.left && grip.top) || (grip.right && grip.bottom)) return "nwse-resize";
  if ((grip.left && grip.bottom) || (grip.right && grip.top)) return "nesw-resize";
  return grip.left || grip.right ? "ew-resize" : "ns-resize";
}

function wholePicture({ data }) {
  return [0, 0, data.width, data.height];
}

function limitsOf(state) {
  return state.drawing?.tool === "crop" || !state.crop ? wholePicture(state) : state.crop;
}

function pickedDigit(state) {
  return state.digits[state.picked];
}

function createBoxes(state) {
  for (const node of state.svg.querySelectorAll(".digit")) node.remove();
  state.nodes = state.digits.map((digit, index) => {
    const node = appendSvg(state.svg, "g", { role: "option", id: `digit-${index}`, "aria-label": digit.description });
    node.outlines = ["halo", "line"].map((name) => appendSvg(node, "rect", { class: name }));
    node.chip = appendSvg(node, "rect", { class: "chip" });
    node.label = appendSvg(node, "text");
    return node;
  });
  state.svg.append(state.frame);
}

function updateLabels(state) {
  state.nodes.forEach((node, index) => {
    const digit = state.digits[index];
    const picked = index === state.picked;
    node.setAttribute("class", `digit ${cssClass(digit.kind)}${picked ? " picked" : ""}`);
    node.setAttribute("aria-selected", picked);
    node.setAttribute("aria-label", digit.description);
    node.label.textContent = digit.label;
  });
  const picked = state.nodes[state.picked];
  if (picked) state.svg.setAttribute("aria-activedescendant", picked.id);
  else state.svg.removeAttribute("aria-activedescendant");
}

// Show what there is now: the boxes, the part that is read, which tools can be used and what to do.
function draw(state) {
  if (state.nodes?.length !== state.digits.length) createBoxes(state);
  updateLabels(state);
  layOut(state);
  const { data, drawing } = state;
  const picked = pickedDigit(state);
  const isOn = {
    add: state.digits.length < data.max_boxes,
    join: state.picked + 1 < state.digits.length,
    split: picked?.box[2] > 1,
    delete: picked,
    crop: true,
    whole: state.crop,
    undo: data.can_undo || data.acknowledged < (state.lastNumber ?? 0),
  };
  for (const button of state.root.querySelectorAll(".tools button")) {
    const { tool } = button.dataset;
    button.hidden = data.mode === "crop" ? ["add", "join", "split", "delete"].includes(tool) : data.mode !== "boxes";
    button.disabled = !isOn[tool];
    if (tool in DRAWING_HINTS) button.setAttribute("aria-pressed", drawing?.tool === tool);
  }
  state.root.classList.toggle("is-drawing", Boolean(drawing));
  // The text is there also while it is hidden: it keeps the room that it takes.
  const hints = matchMedia("(hover: none)").matches ? TOUCH_DRAWING_HINTS : DRAWING_HINTS;
  state.root.querySelector(".drawing").textContent = data.mode === "number" ? "" : hints[drawing?.tool ?? "crop"];
}

// Return the screen pixels per picture pixel, and the height of a label's text in picture pixels.
function measure({ svg, data, digits }) {
  const maxHeightPx = parseFloat(getComputedStyle(svg).maxHeight) || Infinity;
  const scale = Math.min(svg.clientWidth / data.width, MAX_SCALE, maxHeightPx / data.height);
  const heights = digits.map(({ box }) => box[3]).sort((a, b) => a - b);
  const typical = heights.length ? heights[heights.length >> 1] : data.height;
  const labelPx = clamp(0.5 * typical * scale, MIN_LABEL_PX, MAX_LABEL_PX);
  return { scale, size: labelPx / scale };
}

function layOut(state) {
  const { svg, data, digits } = state;
  if (!svg.clientWidth) return;
  const { scale, size } = measure(state);
  const gap = GAP_PX / scale;
  // Where boxes can be changed, there is always room for a label above the picture: nothing moves when one comes. What
  // lies over a canvas has the canvas's size.
  const room = data.mode === "boxes" ? gap + (LABEL_ROOM * MAX_LABEL_PX) / scale : 0;
  const top = -room;
  const height = data.height + room + (data.mode === "number" ? 0 : gap);
  svg.setAttribute("viewBox", `0 ${top} ${svg.clientWidth / scale} ${height}`);
  svg.style.height = `${height * scale}px`;
  const sizes = labelSizes(state, { size, gap, top, least: MIN_LABEL_PX / scale });
  state.nodes.forEach((node, index) => {
    layOutDigit(node, digits[index], data.width, sizes[index], gap);
  });
  layOutPart(state);
}

// Return where a label of that size lies: above its box, within the picture's width.
function chipAbove({ box: [x, y, width], label }, pictureWidth, size, gap) {
  const chipWidth = size * (0.55 + 0.6 * Math.max(label.length, 1));
  const left = clamp(x + width / 2 - chipWidth / 2, 0, pictureWidth - chipWidth);
  return { x: left, y: y - gap - 1.3 * size, width: chipWidth, height: 1.2 * size };
}

// Return the size of each digit's label: one for all that have room for a legible one above their box, so that it
// covers no digit of the row above; `isInside` where there is no room, and the label lies in its own box's corner.
function labelSizes({ digits, data }, { size, gap, top, least }) {
  const free = digits.map((digit) => {
    const { box } = digit;
    const chip = chipAbove(digit, data.width, size, gap);
    const isOver = ({ box: other }) =>
      other !== box && other[1] < box[1] && other[0] < chip.x + chip.width && other[0] + other[2] > chip.x;
    const bottoms = digits.filter(isOver).map(({ box: other }) => other[1] + other[3] + gap);
    return (box[1] - gap - Math.max(top, ...bottoms)) / LABEL_ROOM;
  });
  const legible = free.filter((each) => each >= least);
  const common = Math.min(size, ...legible);
  return free.map((each) => (each >= least ? { size: common } : { size: least, isInside: true }));
}

// Place a digit's outlines around its box, and its label on a chip.
function layOutDigit(node, digit, pictureWidth, { size, isInside }, gap) {
  const [x, y, width, height] = digit.box;
  for (const outline of node.outlines) {
    setAttributes(outline, { x: x - gap, y: y - gap, width: width + 2 * gap, height: height + 2 * gap });
  }
  const above = chipAbove(digit, pictureWidth, size, gap);
  const chip = isInside ? { ...above, x: x - gap, y: y - gap } : above;
  setAttributes(node.chip, { ...chip, rx: 0.25 * size });
  setAttributes(node.label, { x: chip.x + chip.width / 2, y: chip.y + 0.95 * size, "font-size": size });
}

// Darken what is not read, and frame what is being drawn.
function layOutPart(state) {
  const { drawing, data } = state;
  const bright = drawing?.tool === "crop" ? drawing.box : state.crop;
  const path = ([x, y, width, height]) => `M${x} ${y}h${width}v${height}h${-width}z`;
  state.shade.setAttribute("d", bright ? `M0 0H${data.width}V${data.height}H0z${path(bright)}` : "");
  state.frame.setAttribute("d", drawing ? path(drawing.box) : "");
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

function pick(state, index) {
  if (index < 0 || index >= state.digits.length || index === state.picked) return;
  sendNudge(state);
  state.picked = index;
  draw(state);
  sendEvent(state, { pick: pickedDigit(state).box });
}

// Put boxes in the place of others, at once and at the server; the first new one is picked, or the one that follows.
function replaceBoxes(state, old, added) {
  const isOld = ({ box }) => old.some((each) => isSame(each, box));
  const found = state.digits.findIndex(isOld);
  const first = found < 0 ? state.digits.length : found;
  const pending = added.map((box) => ({ box, kind: "pending", label: "…", description: "a box that is being read" }));
  const before = state.digits.slice(0, first);
  const after = state.digits.slice(first).filter((digit) => !isOld(digit));
  state.digits = [...before, ...pending, ...after];
  state.picked = Math.min(first, state.digits.length - 1);
  draw(state);
  sendEvent(state, { old, new: added, pick: pickedDigit(state)?.box });
}

function startDrawing(state, tool) {
  const limits = tool === "crop" ? wholePicture(state) : limitsOf(state);
  const box = tool === "crop" ? (state.crop ?? inset(limits)) : offeredBox(state, limits);
  state.drawing = { tool, box };
  draw(state);
  state.svg.focus();
}

function inset([left, top, width, height]) {
  const [x, y] = [INSET_SHARE * width, INSET_SHARE * height];
  return boxOf([left + x, top + y], [left + width - x, top + height - y], [left, top, width, height]);
}

// Return a box of the usual size, to the right of the picked one, or in the middle where there is none.
function offeredBox(state, limits) {
  const [left, top, width, height] = limits;
  const middleOf = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const usual = [2, 3].map((side) => middleOf(state.digits.map(({ box }) => box[side])) ?? limits[side] / 4);
  const picked = pickedDigit(state)?.box;
  const [x, y] = picked
    ? [picked[0] + picked[2] + usual[0] / 2, picked[1]]
    : [left + (width - usual[0]) / 2, top + (height - usual[1]) / 2];
  const box = boxOf([0, 0], usual, [0, 0, width, height]);
  return moved(box, { isMove: true }, [x - box[0], y - box[1]], limits);
}

function stopDrawing(state) {
  state.drawing = null;
  state.drag = null;
  sync(state);
}

function finishDrawing(state) {
  const { tool, box } = state.drawing;
  state.drawing = null;
  if (tool === "add") replaceBoxes(state, [], [box]);
  else setCrop(state, box);
}

function setCrop(state, crop) {
  state.crop = crop;
  const isIn = ({ box: [x, y, width, height] }) => clipsCentre(crop, x + width / 2, y + height / 2);
  state.digits = crop ? state.digits.filter(isIn) : state.digits;
  state.picked = Math.min(state.picked, state.digits.length - 1);
  draw(state);
  sendEvent(state, { crop });
}

function clipsCentre([left, top, width, height], x, y) {
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

// Move or resize what is being drawn, or the picked box, by so many steps of a key. Several presses are one change.
function nudge(state, grip, steps) {
  const { scale } = measure(state);
  const by = steps.map((step) => step * Math.max(1, Math.round(STEP_PX / scale)));
  if (state.drawing) {
    state.drawing.box = moved(state.drawing.box, grip, by, limitsOf(state));
    layOut(state);
    return;
  }
  const digit = pickedDigit(state);
  if (!digit) return;
  clearTimeout(state.nudged?.timer);
  state.nudged = { start: state.nudged?.start ?? digit.box, timer: setTimeout(() => sendNudge(state), NUDGED_MS) };
  digit.box = moved(digit.box, grip, by, limitsOf(state));
  layOut(state);
}

function sendNudge(state) {
  if (!state.nudged) return;
  clearTimeout(state.nudged.timer);
  const { start } = state.nudged;
  state.nudged = null;
  changePicked(state, start);
}

// Tell the server that the picked box, which was at `start`, has been moved to where it is now.
function changePicked(state, start) {
  const { box } = pickedDigit(state);
  if (isSame(box, start)) return;
  pickedDigit(state).box = start;
  replaceBoxes(state, [start], [box]);
}

const TOOLS = {
  add: (state) => startDrawing(state, "add"),
  crop: (state) => startDrawing(state, "crop"),
  whole: (state) => setCrop(state, null),
  join: (state) => {
    const [one, other] = [state.digits[state.picked].box, state.digits[state.picked + 1].box];
    replaceBoxes(state, [one, other], [union(one, other)]);
  },
  // The server knows where there is least ink.
  split: (state) => sendEvent(state, { split: pickedDigit(state).box }),
  delete: (state) => replaceBoxes(state, [pickedDigit(state).box], []),
  undo: (state) => sendEvent(state, { undo: true }),
};

// Use a tool if it can be used now, and return whether it was.
function useTool(state, tool) {
  const button = state.root.querySelector(`[data-tool=${tool}]`);
  if (!button || button.hidden || button.disabled) return false;
  sendNudge(state);
  const before = state.drawing?.tool;
  if (before) stopDrawing(state);
  if (before !== tool) TOOLS[tool](state);
  return true;
}

// Return the place of a pointer or touch in pixels of the picture, and its reach for grips and for boxes.
function placeOf(state, event) {
  const matrix = state.svg.getScreenCTM();
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  return { point: [x, y], grip: (GRIP_PX[event.pointerType] ?? GRIP_PX.touch) / matrix.a, reach: REACH_PX / matrix.a };
}

// Return the index of the digit whose box is nearest to the pointer, or -1 where none is in reach.
function nearestDigit(state, event) {
  const { point, reach } = placeOf(state, event);
  let nearest = -1;
  let least = reach;
  state.digits.forEach(({ box: [x, y, width, height] }, index) => {
    const besidePx = Math.max(x - point[0], 0, point[0] - x - width);
    const abovePx = Math.max(y - point[1], 0, point[1] - y - height);
    // Of two boxes that hold the point, the one with the nearer centre is picked.
    const toCentre = Math.hypot(x + width / 2 - point[0], y + height / 2 - point[1]) / 1e6;
    const distance = Math.hypot(besidePx, abovePx) + toCentre;
    if (distance < least) {
      least = distance;
      nearest = index;
    }
  });
  return nearest;
}

// Return what a pointer that is pressed here would drag: a new box, a part, or the picked box; null if nothing.
function dragAt(state, event) {
  const { point, grip } = placeOf(state, event);
  if (state.drawing) return { from: point, start: state.drawing.box, grip: null };
  const box = state.data.mode === "boxes" ? pickedDigit(state)?.box : null;
  const gripped = box && gripAt(box, point, grip);
  return gripped ? { from: point, start: box, grip: gripped } : null;
}

function handleDown(state, event) {
  state.dragged = false;
  if (event.button !== 0 || !event.isPrimary) return;
  sendNudge(state);
  state.drag = dragAt(state, event);
  if (!state.drag) return;
  state.drag.at = [event.clientX, event.clientY];
  state.svg.setPointerCapture(event.pointerId);
}

function handleMove(state, event) {
  const { drag } = state;
  if (!drag) {
    state.svg.style.cursor = state.drawing ? "crosshair" : cursorOf(dragAt(state, event)?.grip);
    return;
  }
  state.dragged ||= Math.hypot(event.clientX - drag.at[0], event.clientY - drag.at[1]) >= CLICK_PX;
  if (!state.dragged) return;
  const { point } = placeOf(state, event);
  if (state.drawing) {
    state.drawing.box = boxOf(drag.from, point, limitsOf(state));
  } else {
    const by = [point[0] - drag.from[0], point[1] - drag.from[1]];
    pickedDigit(state).box = moved(drag.start, drag.grip, by, limitsOf(state));
  }
  layOut(state);
}

function handleUp(state, event) {
  const { drag } = state;
  state.drag = null;
  if (!drag) return;
  if (state.dragged && state.drawing) finishDrawing(state);
  else if (state.dragged) changePicked(state, drag.start);
  else if (!state.drawing) pick(state, nearestDigit(state, event)); // a finger that may have dragged is no click
  sync(state);
}

// The browser took the pointer, to scroll: what was dragged goes back.
function handleCancel(state) {
  const { drag } = state;
  state.drag = null;
  if (!drag) return;
  if (state.drawing) state.drawing.box = drag.start;
  else if (pickedDigit(state)) pickedDigit(state).box = drag.start;
  sync(state);
}

function handleClick(state, event) {
  if (!state.dragged && !state.drawing) pick(state, nearestDigit(state, event));
}

// The boxes that lie over a canvas, if there are any: a tap within one of them picks it.
let overlay = null;
document.addEventListener("studio-canvas-tapped", (event) => {
  if (!overlay?.root.isConnected) return;
  const [x, y] = placeOf(overlay, event.detail).point;
  const isIn = ({ box: [left, top, width, height] }) => x >= left && x <= left + width && y >= top && y <= top + height;
  if (!overlay.digits.some(isIn)) return;
  event.preventDefault();
  pick(overlay, nearestDigit(overlay, event.detail));
  overlay.svg.focus({ preventScroll: true });
});

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const KEY_TOOLS = { n: "add", j: "join", s: "split", delete: "delete", backspace: "delete", c: "crop" };

// Do what a key stands for, and return whether it stands for something.
function useKey(state, event) {
  const { key } = event;
  const isEditable = state.data.mode !== "number";
  if (event.ctrlKey || event.metaKey) return isEditable && key.toLowerCase() === "z" && useTool(state, "undo");
  if (ARROWS[key] && isEditable && (event.shiftKey || event.altKey || state.drawing)) {
    nudge(state, event.altKey ? { right: true, bottom: true } : { isMove: true }, ARROWS[key]);
    return true;
  }
  if (event.altKey) return false;
  if (state.drawing && key === "Escape") stopDrawing(state);
  else if (state.drawing && key === "Enter") finishDrawing(state);
  else if (isEditable && KEY_TOOLS[key.toLowerCase()]) return useTool(state, KEY_TOOLS[key.toLowerCase()]);
  else return state.data.mode !== "crop" && !state.drawing && pickOrLabel(state, key);
  return true;
}

function pickOrLabel(state, key) {
  const last = state.digits.length - 1;
  const current = state.picked ?? -1;
  const target = {
    ArrowRight: current + 1,
    ArrowDown: current + 1,
    ArrowLeft: current - 1,
    ArrowUp: current - 1,
    Home: 0,
    End: last,
  }[key];
  if (target !== undefined) pick(state, clamp(target, 0, last));
  else if (/^[0-9]$/.test(key)) setLabel(state, Number(key));
  else if (key === "Delete" || key === "Backspace") setLabel(state, null);
  else return false;
  return true;
}

function setLabel(state, label) {
  sendNudge(state);
  if (pickedDigit(state)) sendEvent(state, { label, box: pickedDigit(state).box });
}

function handleKey(state, event) {
  const isButton = event.target.closest("button") && (event.key === "Enter" || event.key === " ");
  if (isButton || !useKey(state, event)) return;
  event.preventDefault();
  event.stopPropagation(); // Streamlit has keys of its own
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
  const { root } = state;
  const svg = root.querySelector("svg");
  state.svg = svg;
  state.image = appendSvg(svg, "image");
  state.shade = appendSvg(svg, "path", { class: "shade" });
  state.frame = appendSvg(svg, "path", { class: "frame" });
  svg.addEventListener("pointerdown", (event) => handleDown(state, event));
  svg.addEventListener("pointermove", (event) => handleMove(state, event));
  svg.addEventListener("pointerup", (event) => handleUp(state, event));
  svg.addEventListener("pointercancel", () => handleCancel(state));
  svg.addEventListener("click", (event) => handleClick(state, event));
  // A finger that draws or grips does not scroll the page; `touch-action` is decided before it is known what it does.
  const keep = (event) => {
    if (event.touches.length === 1 && dragAt(state, event.touches[0])) event.preventDefault();
  };
  svg.addEventListener("touchmove", (event) => state.drag && event.preventDefault(), { passive: false });
  svg.addEventListener("touchstart", keep, { passive: false });
  root.addEventListener("keydown", (event) => handleKey(state, event));
  root.querySelector(".tools").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) useTool(state, button.dataset.tool);
  });
  new ResizeObserver(() => layOut(state)).observe(root);
}

// Take over what the server has said last, unless something was done since that it does not know yet.
function sync(state) {
  const { data } = state;
  const isKnown = data.acknowledged >= (state.lastNumber ?? 0) && !state.drag && !state.nudged;
  const boxes = (digits) => digits.map(({ box }) => box);
  if (isKnown || isSame(boxes(data.digits), boxes(state.digits))) {
    state.digits = data.digits.map((digit) => ({ ...digit }));
    state.crop = isKnown ? data.crop : state.crop;
    state.picked = isKnown ? data.picked : state.picked;
  }
  draw(state);
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".boxes");
  root.boxes ??= {};
  const state = root.boxes;
  const isNew = state.data?.reading !== data.reading || state.data?.mode !== data.mode;
  Object.assign(state, { root, data, setStateValue });
  if (!state.svg) start(state);
  const names = data.mode === "crop" ? { role: "group" } : { role: "listbox" };
  setAttributes(state.svg, { ...names, "aria-label": data.alt });
  const isOverlay = data.mode === "number";
  root.classList.toggle("is-overlay", isOverlay);
  overlay = isOverlay ? state : null;
  root.style.setProperty("--width", `${data.width}px`);
  if (isNew) {
    clearTimeout(state.nudged?.timer);
    Object.assign(state, { nudged: null, drag: null, drawing: null });
    Object.assign(state, { digits: data.digits.map((digit) => ({ ...digit })), picked: data.picked, crop: data.crop });
    setAttributes(state.image, { href: data.image, width: data.width, height: data.height });
    root.querySelector(".keys").textContent = HINTS[data.mode] ?? "";
    root.querySelector(".touch").textContent = TOUCH_HINTS[data.mode] ?? "";
  }
  sync(state);
  showLegend(state);
}
