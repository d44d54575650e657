// A large answer with a sentence below it.

export default function ({ data, parentElement }) {
  const label = parentElement.querySelector(".label");
  label.textContent = data.label;
  label.classList.toggle("small", data.small);
  parentElement.querySelector(".confidence").textContent = data.confidence;
  parentElement.querySelector(".hint").textContent = data.hint;
}
