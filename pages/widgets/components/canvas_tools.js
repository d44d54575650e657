// Undo and Clear of a canvas: what is pressed reaches canvas.js, which says what can be pressed.

const send = (name, action) =>
  document.dispatchEvent(new CustomEvent("studio-canvas-act", { detail: { name, action } }));

export default function ({ data, parentElement }) {
  const tools = parentElement.querySelector(".tools");
  const button = (action) => tools.querySelector(`[data-action=${action}]`);
  const isFirst = tools.dataset.canvas === undefined;
  tools.dataset.canvas = data.name;
  if (isFirst) {
    const listening = new AbortController();
    const { signal } = listening;
    tools.stop = () => listening.abort();
    tools.addEventListener("click", (event) => {
      const action = event.target.closest("button")?.dataset.action;
      if (action) send(tools.dataset.canvas, action);
    });
    document.addEventListener(
      "studio-canvas-changed",
      ({ detail }) => {
        if (detail.name !== tools.dataset.canvas) return;
        button("undo").disabled = !detail.canUndo;
        button("clear").disabled = !detail.canClear;
      },
      { signal },
    );
  }
  send(data.name, "announce");
  return () => tools.stop();
}
