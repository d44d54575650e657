// The canvas of streamlit-drawable-canvas, with what it lacks: the browser keeps the drawing (over a reload and a
// restart of the server too), Undo and Clear take effect at once, strokes may begin beside the canvas, and example
// drawings can be put on it. Styles may show it larger or smaller than its own pixels, in which all lengths here are.

const MARGIN_PX = 12; // around the canvas, in which strokes may begin; canvas.css has the same
const TAP_PX = 4; // a stroke that goes no further is a tap
const REPORT_MS = 200; // after a stroke, so that several quick ones are reported together
const RETRY_MS = 2000; // what is reported while the server is busy or away may be lost
const MAX_LOADS = 5; // of the component's script, where the server does not answer
const MAX_CLEARED = 20; // drawings that Undo can bring back
const OVERLAYS = '[role="dialog"], [data-testid="stPopoverBody"]';
const LENGTHS = ["left", "top", "width", "height", "strokeWidth"];

const drawings = new Map(); // by name; here as well as in sessionStorage, which a browser may refuse
const canvases = new WeakMap(); // by the component's root
let drawableCanvas; // the entry point of streamlit-drawable-canvas, once it is loaded
let changes = 0;

const storageKey = (name) => `digit-studio-canvas-${name}`;

function restore(name, widthPx) {
  if (!drawings.has(name)) {
    let stored = null;
    try {
      stored = JSON.parse(sessionStorage.getItem(storageKey(name)));
    } catch {
      // without a storage the drawing lasts as long as the page
    }
    drawings.set(name, stored ?? { revision: "", width: widthPx, objects: [], cleared: [] });
  }
  return drawings.get(name);
}

function store(name, drawing) {
  try {
    sessionStorage.setItem(storageKey(name), JSON.stringify(drawing));
  } catch {
    // full or refused: the drawing lasts as long as the page
  }
}

function scaleObject(object, factor) {
  const lengths = Object.fromEntries(LENGTHS.map((each) => [each, object[each] * factor]));
  const path = object.path.map(([command, ...numbers]) => [command, ...numbers.map((each) => each * factor)]);
  return { ...object, ...lengths, path };
}

// What Undo and Clear do. A drawing is its strokes and the drawings that were cleared before it, the newest last.

const canUndo = ({ objects, cleared }) => objects.length > 0 || cleared.length > 0;

function undo({ objects, cleared }) {
  if (objects.length) return { objects: objects.slice(0, -1), cleared };
  return { objects: cleared.at(-1), cleared: cleared.slice(0, -1) };
}

function clear({ objects, cleared }) {
  return { objects: [], cleared: objects.length ? [...cleared, objects].slice(-MAX_CLEARED) : cleared };
}

// Return an example's stroke, points as shares of a square canvas, as an object of the drawing, in the canvas's middle.
function strokeObject(points, { width, height }, { strokeColor, strokeWidth }) {
  const side = Math.min(width, height);
  const place = ([x, y]) => [(width - side) / 2 + x * side, (height - side) / 2 + y * side];
  const path = points.map((point, index) => [index ? "L" : "M", ...place(point)]);
  const range = (axis) => {
    const values = path.map((each) => each[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [[left, right], [top, bottom]] = [range(1), range(2)];
  return {
    type: "Path",
    originX: "center",
    originY: "center",
    left: (left + right) / 2,
    top: (top + bottom) / 2,
    width: right - left,
    height: bottom - top,
    fill: null,
    stroke: strokeColor,
    strokeWidth,
    strokeLineCap: "round",
    strokeLineJoin: "round",
    path,
  };
}

function putExample(canvas, strokes) {
  const objects = strokes.map((each) => strokeObject(each, canvas.drawing, canvas.data.settings));
  change(canvas, { ...clear(canvas.drawing), objects });
}

function change(canvas, { objects, cleared = canvas.drawing.cleared }, { load = true, delayMs = 0 } = {}) {
  changes += 1;
  Object.assign(canvas.drawing, { revision: `${Date.now()}-${changes}`, objects, cleared });
  store(canvas.name, canvas.drawing);
  if (load) show(canvas, { load });
  report(canvas, delayMs);
  announce(canvas);
}

function announce(canvas) {
  markEmpty(canvas);
  const detail = {
    name: canvas.name,
    revision: canvas.drawing.revision,
    canUndo: canUndo(canvas.drawing),
    canClear: canvas.drawing.objects.length > 0,
  };
  document.dispatchEvent(new CustomEvent("studio-canvas-changed", { detail }));
}

// An empty canvas says what to do, until the first stroke begins.
function markEmpty({ root, drawing, stroke }) {
  root.querySelector(".canvas").classList.toggle("is-empty", !stroke && drawing.objects.length === 0);
}

function report(canvas, delayMs) {
  clearTimeout(canvas.timer);
  canvas.timer = setTimeout(() => sendReport(canvas), delayMs);
}

function sendReport(canvas) {
  clearTimeout(canvas.timer);
  canvas.timer = null;
  const { revision, width, height, objects } = canvas.drawing;
  if (canvas.isRemoved || canvas.data.revision === revision) return;
  canvas.setStateValue("drawing", { revision, width, height, objects });
  report(canvas, RETRY_MS);
}

// Before a button elsewhere takes the drawing, its last stroke is reported: a quick person does not wait for it.
function reportBefore(canvas, event) {
  const isPress = event.type === "keydown" ? event.key === "Enter" : !event.composedPath().includes(canvas.root);
  if (canvas.timer && isPress) sendReport(canvas);
}

// Shows the drawing in streamlit-drawable-canvas, which loads one when `initialDrawing` is another than before.
function show(canvas, { load = false } = {}) {
  const { drawing, data, root } = canvas;
  if (load) {
    canvas.loaded = { objects: drawing.objects, background: data.settings.backgroundColor, revision: ++changes };
  }
  const setStateValue = (name, value) => {
    if (name === "drawing") canvas.reported = value.raw.objects;
  };
  const settings = { ...data.settings, initialDrawing: canvas.loaded };
  canvas.takeDown = drawableCanvas({ data: settings, parentElement: root, setStateValue });
}

function update(canvas) {
  const { data, root } = canvas;
  const { canvasWidth: width, canvasHeight: height } = data.settings;
  if (canvas.stroke) return; // shown when the stroke ends: the pen is not changed within it
  const isNew = canvas.name !== data.name;
  canvas.name = data.name;
  canvas.drawing = restore(data.name, width);
  const factor = width / canvas.drawing.width;
  const scale = (objects) => objects.map((each) => scaleObject(each, factor));
  Object.assign(canvas.drawing, { width, height });
  if (factor !== 1 && canUndo(canvas.drawing)) {
    change(canvas, { objects: scale(canvas.drawing.objects), cleared: canvas.drawing.cleared.map(scale) });
  } else {
    show(canvas, { load: isNew });
  }
  root.querySelector(".canvas").setAttribute("aria-label", data.label);
  root.querySelector(".canvas").style.setProperty("--width", `${width}px`);
  root.querySelector(".canvas").style.setProperty("--ratio", `${width} / ${height}`);
  root.querySelector(".invitation").textContent = data.invitation;
  if (data.revision !== canvas.drawing.revision && !canvas.timer) report(canvas, 0);
  if (isNew) announce(canvas);
}

// Strokes: every pointer's path is sent on as mouse events, cut where it crosses the edge of the canvas.

function clip(from, to, { width, height }) {
  let [enter, leave] = [0, 1];
  for (const [start, length, end] of [
    [from.x, to.x - from.x, width],
    [from.y, to.y - from.y, height],
  ]) {
    const [near, far] =
      length > 0 ? [-start / length, (end - start) / length] : [(end - start) / length, -start / length];
    if (length === 0 && (start < 0 || start > end)) return null;
    if (length !== 0) [enter, leave] = [Math.max(enter, near), Math.min(leave, far)];
  }
  const point = (share) =>
    clamp({ x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) }, { width, height });
  return enter > leave ? null : { enter: enter > 0 && point(enter), leave: leave < 1 && point(leave) };
}

const limit = (number, end) => Math.min(Math.max(number, 0), end);
const clamp = ({ x, y }, { width, height }) => ({ x: limit(x, width), y: limit(y, height) });
const isNear = ({ x, y }, { width, height }) =>
  x >= -MARGIN_PX && y >= -MARGIN_PX && x <= width + MARGIN_PX && y <= height + MARGIN_PX;

// Return where the canvas stands on the page, and the screen's pixels for each of its own.
function placeOf({ root, drawing }) {
  const { left, top, width } = root.querySelector(".upper-canvas").getBoundingClientRect();
  return { left, top, scale: width / drawing.width };
}

function send(canvas, kind, { x, y }) {
  const target = canvas.root.querySelector(".upper-canvas");
  const { left, top, scale } = placeOf(canvas);
  // A PointerEvent, for the coordinates of a MouseEvent are whole numbers.
  const flags = { isPrimary: true, bubbles: true, composed: true, cancelable: true };
  const at = { clientX: left + x * scale, clientY: top + y * scale, ...flags };
  target.dispatchEvent(new PointerEvent(kind, at));
}

// The focus of a pointer is not drawn: the ring is for whoever comes by keyboard.
function takeFocus(canvas) {
  const element = canvas.root.querySelector(".canvas");
  element.classList.add("by-pointer");
  element.addEventListener("blur", () => element.classList.remove("by-pointer"), { once: true });
  element.focus({ preventScroll: true });
}

function beginStroke(canvas, event) {
  if (canvas.stroke || event.button !== 0 || !event.isPrimary || !drawableCanvas) return;
  event.preventDefault(); // no mouse events of the browser's own beside those that are sent
  event.target.setPointerCapture(event.pointerId);
  takeFocus(canvas);
  canvas.stroke = { pointer: event.pointerId, isDown: false, before: [] };
  markEmpty(canvas);
  continueStroke(canvas, event);
}

function continueStroke(canvas, event) {
  if (event.pointerId !== canvas.stroke?.pointer) return;
  const { left, top, scale } = placeOf(canvas);
  const passed = event.getCoalescedEvents?.() ?? [];
  for (const { clientX, clientY } of passed.length ? passed : [event]) {
    addPoint(canvas, { x: (clientX - left) / scale, y: (clientY - top) / scale });
  }
}

function addPoint(canvas, point) {
  const { stroke, drawing } = canvas;
  const inside = clip(stroke.before.at(-1) ?? point, point, drawing);
  stroke.before.push(point);
  const reached = inside ? [inside.enter, inside.leave, point].filter(Boolean) : stroke.isDown ? [point] : [];
  for (const each of reached) {
    send(canvas, stroke.isDown ? "mousemove" : "mousedown", each);
    stroke.isDown = true;
  }
}

function endStroke(canvas, event) {
  const { stroke } = canvas;
  if (event.pointerId !== stroke?.pointer) return;
  canvas.stroke = null; // first of all: whatever happens below, the next stroke can begin
  if (!stroke.isDown) {
    // It never reached the canvas: it is drawn along the edge.
    const near = stroke.before.filter((point) => isNear(point, canvas.drawing));
    const beside = near.length ? near : stroke.before;
    beside.forEach((point, place) => {
      send(canvas, place ? "mousemove" : "mousedown", clamp(point, canvas.drawing));
    });
    stroke.before = [clamp(beside.at(-1), canvas.drawing)];
  }
  send(canvas, "mouseup", stroke.before.at(-1));
  if (isTaken(canvas, stroke, event)) {
    show(canvas, { load: true });
    return;
  }
  canvas.root.querySelector(".dc-toolbar button").click(); // its Send button; the answer is in `canvas.reported`
  change(canvas, { objects: canvas.reported }, { load: false, delayMs: REPORT_MS });
  update(canvas);
}

// Return whether a stroke was a tap on what lies over the canvas (a digit's box, see boxes.js), and no dot.
function isTaken({ name }, { before: [first, ...others] }, { clientX, clientY }) {
  if (others.some(({ x, y }) => Math.hypot(x - first.x, y - first.y) > TAP_PX)) return false;
  const detail = { name, clientX, clientY };
  return !document.dispatchEvent(new CustomEvent("studio-canvas-tapped", { detail, cancelable: true }));
}

function act(canvas, action, strokes) {
  if (canvas.stroke) return;
  if (action === "example") putExample(canvas, strokes);
  if (action === "undo" && canUndo(canvas.drawing)) change(canvas, undo(canvas.drawing));
  if (action === "clear" && canvas.drawing.objects.length) change(canvas, clear(canvas.drawing));
  if (action === "announce") announce(canvas);
}

// Whether a person sees a part of the canvas, with nothing over it: neither a popover nor a dialog.
function isInSight({ root }) {
  if (document.querySelector(OVERLAYS)) return false;
  const { left, top, right, bottom } = root.querySelector(".canvas").getBoundingClientRect();
  const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
  const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
  return (root.host ?? root).contains(document.elementFromPoint(x, y));
}

// Keys are meant for the canvas where it or its tools have the focus, or where nothing has and the canvas is in sight.
function pressKey(canvas, event) {
  const path = event.composedPath();
  const isOurs = path.some((each) => each === canvas.root || each.dataset?.canvas === canvas.name);
  if (!isOurs && (path[0] !== document.body || !isInSight(canvas))) return;
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
  const isClear = event.key === "Escape" || event.key === "Delete";
  if (!isUndo && !isClear) return;
  event.preventDefault();
  act(canvas, isUndo ? "undo" : "clear");
}

function create(root) {
  const canvas = { root, stroke: null, timer: null, listening: new AbortController() };
  const { signal } = canvas.listening;
  const area = root.querySelector(".pointer-area");
  area.addEventListener("pointerdown", (event) => beginStroke(canvas, event), { signal });
  area.addEventListener("pointermove", (event) => continueStroke(canvas, event), { signal });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    area.addEventListener(end, (event) => endStroke(canvas, event), { signal });
  }
  // What takes clicks is preferred to a button near by when a browser decides what a finger meant.
  area.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
  document.addEventListener("keydown", (event) => pressKey(canvas, event), { signal });
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, (event) => reportBefore(canvas, event), { signal, capture: true });
  }
  document.addEventListener(
    "studio-canvas-act",
    ({ detail }) => {
      if (detail.name === canvas.name) act(canvas, detail.action, detail.strokes);
    },
    { signal },
  );
  canvases.set(root, canvas);
  return canvas;
}

function remove(canvas) {
  canvas.isRemoved = true;
  canvas.listening.abort();
  clearTimeout(canvas.timer);
  canvases.delete(canvas.root);
  canvas.takeDown?.();
}

// A browser does not ask again for a module that it could not load, unless its address is another one.
async function loadScript(canvas, attempt) {
  const address = new URL(canvas.data.script, new URL(".", location.href));
  if (attempt > 1) address.searchParams.set("attempt", attempt);
  try {
    const loaded = (await import(address.href)).default;
    drawableCanvas ??= loaded; // another drawing of the page may have loaded it meanwhile
  } catch {
    if (attempt < MAX_LOADS && !canvas.isRemoved) {
      setTimeout(() => loadScript(canvas, attempt + 1), attempt * RETRY_MS);
    }
    return;
  }
  if (!canvas.isRemoved) update(canvas);
}

export default function ({ data, parentElement, setStateValue }) {
  const canvas = canvases.get(parentElement) ?? create(parentElement);
  Object.assign(canvas, { data, setStateValue });
  if (drawableCanvas) {
    update(canvas);
  } else {
    loadScript(canvas, 1);
  }
  return () => remove(canvas);
}
