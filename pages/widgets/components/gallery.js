// Pictures in rows, each with lines of text below it.

function createEntry({ url, lines }) {
  const entry = document.createElement("li");
  const image = document.createElement("img");
  image.src = url;
  image.alt = "";
  entry.append(image, ...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
  return entry;
}

export default function ({ data, parentElement }) {
  const list = parentElement.querySelector("ul");
  list.setAttribute("aria-label", data.label);
  list.replaceChildren(...data.images.map(createEntry));
}
