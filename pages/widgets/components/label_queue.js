// Digits, or others, to label one after the other: a key labels what is shown and the next one is there at once. What was pressed is
// sent to the server as numbered events, of which it says which ones it has handled.

// What was pressed just before another view was chosen may not have been handled: it is sent again when the queue is
// back. By the queue's name: the number of its last event, and the events that were not acknowledged.
const unhandled = new Map();

function current(state) {
  return state.items[state.at];
}

function send(state, event) {
  state.number = Math.max(state.number, state.data.acknowledged) + 1;
  state.events = [...state.events, { ...event, queue: state.name, number: state.number }];
  unhandled.set(state.name, { number: state.number, events: state.events });
  state.setStateValue("events", state.events);
}

function sendAgain(state) {
  const left = unhandled.get(state.name)?.events.filter(({ number }) => number > state.data.acknowledged) ?? [];
  if (!left.length) return;
  state.number = unhandled.get(state.name).number;
  state.events = left;
  for (const { label } of left) state.at += label === "back" ? -1 : 1;
  state.setStateValue("events", left);
}

function label(state, name) {
  const item = current(state);
  if (!item) return;
  send(state, { place: item.place, label: name });
  state.at += 1;
  draw(state);
}

function skip(state) {
  const item = current(state);
  if (!item) return;
  send(state, { place: item.place, label: "" });
  state.at += 1;
  draw(state);
}

// The server sends no pictures of digits that were labelled before the page was opened again.
const canGoBack = (state) => state.items[state.at - 1] !== undefined;

function goBack(state) {
  if (!canGoBack(state)) return;
  state.at -= 1;
  send(state, { place: current(state).place, label: "back" });
  draw(state);
}

function draw(state) {
  const { root } = state;
  const item = current(state);
  const image = root.querySelector(".picture");
  image.style.visibility = item ? "visible" : "hidden";
  if (item) image.src = item.image;
  image.alt = item ? "The digit to label" : "";
  const isKept = state.number <= state.data.acknowledged;
  root.querySelector(".guess").textContent = item
    ? item.guess
    : isKept
      ? state.data.finished
      : "Keeping the last ones …";
  const left = state.data.total - state.at;
  root.querySelector(".place").textContent = item ? `${left} left` : "";
  for (const choice of root.querySelectorAll(".digits > *")) choice.disabled = !item;
  root.querySelector(".skip").disabled = !item;
  root.querySelector(".back").disabled = !canGoBack(state);
}

function createButton(text, name, act, kind = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.className = kind;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", act);
  return button;
}

function handleKey(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("select")) return;
  const isButton = event.target.closest("button") && event.key === " ";
  const choice = /^[0-9]$/.test(event.key) && state.data.choices.find(({ key }) => key === event.key);
  if (event.repeat && (choice || event.key === " ")) {
    // a key that is held down labels one digit
  } else if (choice) label(state, choice.label);
  else if (event.key === " " && !isButton) skip(state);
  else if (event.key === "Backspace") goBack(state);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function createChoice(state, choice) {
  const button = createButton(choice.label, choice.spoken, () => label(state, choice.label));
  if (choice.key !== choice.label) {
    const hint = document.createElement("kbd");
    hint.textContent = choice.key;
    button.prepend(hint);
  }
  return button;
}

function createChooser(state) {
  const chooser = document.createElement("select");
  chooser.setAttribute("aria-label", "It is");
  chooser.append(new Option("It is …", ""));
  chooser.append(...state.data.choices.map((choice) => new Option(choice.label, choice.label)));
  chooser.addEventListener("change", () => {
    const name = chooser.value;
    chooser.value = "";
    if (name) label(state, name);
  });
  return chooser;
}

// Buttons, or a list where the classes are more than there are keys; made anew for a queue of other classes.
function drawChoices(state) {
  const names = JSON.stringify(state.data.choices);
  if (state.names === names) return;
  state.names = names;
  const hasKeys = state.data.choices.every(({ key }) => key !== "");
  const choices = hasKeys ? state.data.choices.map((each) => createChoice(state, each)) : [createChooser(state)];
  state.root.querySelector(".digits").replaceChildren(...choices);
  state.root.querySelector(".hint").textContent = state.data.hint;
}

function start(state) {
  const { root } = state;
  root.querySelector(".tools").append(
    createButton("Skip", "Skip this one", () => skip(state), "skip"),
    createButton("Back", "Back to the one before", () => goBack(state), "back"),
  );
  root.addEventListener("keydown", (event) => handleKey(state, event));
  root.focus({ preventScroll: true });
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".queue");
  const isFirst = !root.queue;
  root.queue ??= { items: [], at: 0, number: 0, events: [] };
  const state = root.queue;
  Object.assign(state, { root, data, setStateValue });
  if (isFirst) start(state);
  if (state.name !== data.name) {
    Object.assign(state, { name: data.name, at: data.first, events: [], items: Array(data.first) });
    if (isFirst) sendAgain(state);
  }
  state.events = state.events.filter((event) => event.number > data.acknowledged);
  // What was pressed before the queue was opened again may be handled only after that.
  if (!state.events.length) state.at = Math.max(state.at, data.first);
  // The server sends the pictures from a place in the queue on; those before it are kept, for going back.
  state.items = [...state.items.slice(0, data.first), ...data.items];
  drawChoices(state);
  draw(state);
}
