// "Right", or "Wrong? It is …": a press or the key of a class labels what was read. A press that comes before the server
// has read the newest strokes is held until it has, so that it is not the answer to a part of the drawing.

const FIELDS = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=combobox]";
const OVERLAYS = "[role=dialog]";

const KEYS_OFF = "digit-studio-label-keys-off"; // in localStorage, where a person does not want single keys to act

function areKeysOff() {
  try {
    return localStorage.getItem(KEYS_OFF) !== null;
  } catch {
    return false;
  }
}

function keepChoice(isOn) {
  try {
    if (isOn) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  } catch {
    // refused: the choice lasts as long as the page
  }
}

// Whether a key belongs to a field or a dialog.
function isTyping(event) {
  const path = event.composedPath().filter((each) => each instanceof Element);
  return path[0]?.closest(FIELDS) || path.some((each) => each.matches(OVERLAYS));
}

// Whether the canvas has strokes that the server has not read yet.
function isBehind({ data, revision }) {
  return data.canvas !== null && revision !== undefined && revision !== data.canvas.revision;
}

function label(state, name) {
  if (isBehind(state)) {
    state.held = name;
    return true;
  }
  if (!state.data.enabled) return false;
  state.setTriggerValue("label", { place: state.data.place, label: name });
  return true;
}

// What was "right" is not known before the newest strokes are read.
function confirm(state) {
  if (!isBehind(state)) label(state, state.data.answer);
}

function sendHeld(state) {
  if (state.held === null || isBehind(state)) return;
  const name = state.held;
  state.held = null;
  label(state, name);
}

function handleKey(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
  if (isTyping(event) || !state.byKey.checked) return;
  const choice = /^[0-9]$/.test(event.key) && state.data.choices.find(({ key }) => key === event.key);
  if (choice && label(state, choice.label)) event.preventDefault();
}

function createButton(choice, state) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = choice.label;
  button.setAttribute("aria-label", choice.spoken);
  if (choice.key !== choice.label) {
    const hint = document.createElement("kbd");
    hint.textContent = choice.key;
    button.prepend(hint);
  }
  button.addEventListener("click", () => label(state, choice.label));
  return button;
}

function createChooser(state) {
  const chooser = document.createElement("select");
  chooser.setAttribute("aria-label", state.data.ask);
  chooser.append(new Option(state.data.choose, ""));
  chooser.append(...state.data.choices.map((choice) => new Option(choice.label, choice.label)));
  chooser.addEventListener("change", () => {
    label(state, chooser.value || state.data.label); // that which is marked is taken back
  });
  return chooser;
}

const hasKeys = ({ choices }) => choices.every(({ key }) => key !== "");

// Buttons, or a list where the classes are more than there are keys; made anew where another network reads.
function drawChoices(root, state) {
  const names = JSON.stringify(state.data.choices);
  if (state.names === names) return;
  state.names = names;
  const choices = hasKeys(state.data)
    ? state.data.choices.map((choice) => createButton(choice, state))
    : [createChooser(state)];
  root.querySelector(".digits").replaceChildren(...choices);
  root.querySelector(".switch").hidden = !hasKeys(state.data);
}

function markChoice(root, data) {
  const chooser = root.querySelector(".digits select");
  if (chooser) {
    chooser.disabled = !data.enabled;
    chooser.value = data.label;
    return;
  }
  [...root.querySelector(".digits").children].forEach((button, place) => {
    button.disabled = !data.enabled;
    button.setAttribute("aria-pressed", String(data.label === data.choices[place].label));
  });
}

function start(root, state) {
  root.querySelector(".right").addEventListener("click", () => confirm(state));
  const { signal } = state.listening;
  state.byKey = root.querySelector(".by-key");
  state.byKey.checked = !areKeysOff();
  state.byKey.addEventListener("change", () => keepChoice(state.byKey.checked), { signal });
  document.addEventListener("keydown", (event) => handleKey(state, event), { signal });
  document.addEventListener(
    "studio-canvas-changed",
    ({ detail }) => {
      if (detail.name === state.data.canvas?.name) state.revision = detail.revision;
    },
    { signal },
  );
  const detail = { name: state.data.canvas?.name, action: "announce" };
  document.dispatchEvent(new CustomEvent("studio-canvas-act", { detail }));
}

const states = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".keys");
  let state = states.get(root);
  if (!state) {
    state = { data, setTriggerValue, held: null, listening: new AbortController() };
    states.set(root, state);
    start(root, state);
  }
  state.data = data;
  state.setTriggerValue = setTriggerValue;
  const right = root.querySelector(".right");
  right.textContent = data.right;
  right.disabled = !data.enabled || data.answer === "";
  right.setAttribute("aria-pressed", String(data.label !== "" && data.label === data.answer));
  root.querySelector(".ask").textContent = data.ask;
  root.querySelector(".kept").textContent = data.kept;
  root.setAttribute("aria-label", data.name);
  drawChoices(root, state);
  markChoice(root, data);
  sendHeld(state);
  return () => {
    state.listening.abort();
    states.delete(root);
    root.querySelector(".digits").replaceChildren();
  };
}
