// A large answer with a sentence below it.

const unbroken = (text) => text.replaceAll(" %", "\u00a0%");

export default function ({ data, parentElement }) {
  const label = parentElement.querySelector(".label");
  label.textContent = data.label;
  label.classList.toggle("small", data.small);
  label.classList.toggle("word", data.label.length > 2);
  label.classList.toggle("long", data.label.length > 10);
  parentElement.querySelector(".confidence").textContent = unbroken(data.confidence);
  parentElement.querySelector(".hint").textContent = unbroken(data.hint);
}
