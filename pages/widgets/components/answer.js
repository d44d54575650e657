// A large answer with a sentence below it.

const unbroken = (text) => text.replaceAll(" %", "\u00a0%");

export default function ({ data, parentElement }) {
  const label = parentElement.querySelector(".label");
  label.textContent = data.label;
  label.classList.toggle("small", data.small);
  parentElement.querySelector(".confidence").textContent = unbroken(data.confidence);
  parentElement.querySelector(".hint").textContent = unbroken(data.hint);
}
