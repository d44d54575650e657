// "Right", or "Wrong? It is …": a press or the key of a digit labels what was read. Enter says that it is right.

function isTyping(target) {
  const field = target?.closest?.("input, textarea, select, [contenteditable], [role='combobox'], [role='dialog']");
  return field !== null && field !== undefined;
}

function label(state, digit) {
  if (!state.data.enabled) return false;
  state.setTriggerValue("label", { place: state.data.place, label: String(digit) });
  return true;
}

function handleKey(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.composedPath()[0])) return;
  const isDigit = /^[0-9]$/.test(event.key);
  if (isDigit && label(state, event.key)) event.preventDefault();
}

function createButton(digit, state) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = digit;
  button.setAttribute("aria-label", `It is a ${digit}`);
  button.addEventListener("click", () => label(state, digit));
  return button;
}

function start(root, state) {
  root.querySelector(".digits").append(...Array.from({ length: 10 }, (_, digit) => createButton(digit, state)));
  root.querySelector(".right").addEventListener("click", () => label(state, state.data.answer));
  state.listener = (event) => handleKey(state, event);
  document.addEventListener("keydown", state.listener);
}

const states = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".keys");
  let state = states.get(root);
  if (!state) {
    state = { data, setTriggerValue };
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
  [...root.querySelector(".digits").children].forEach((button, digit) => {
    button.disabled = !data.enabled;
    button.setAttribute("aria-pressed", String(data.label === String(digit)));
  });
  return () => {
    document.removeEventListener("keydown", state.listener);
    states.delete(root);
    root.querySelector(".digits").replaceChildren();
  };
}
