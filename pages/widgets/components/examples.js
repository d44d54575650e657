// Small drawings; the one that is pressed is put on a canvas of the page by canvas.js.

const SVG = "http://www.w3.org/2000/svg";

function createTile({ name, strokes }, canvas) {
  const button = document.createElement("button");
  button.type = "button";
  button.title = name;
  button.setAttribute("aria-label", `Example: ${name}`);
  const picture = button.appendChild(document.createElementNS(SVG, "svg"));
  picture.setAttribute("viewBox", "0 0 1 1");
  for (const stroke of strokes) {
    picture.appendChild(document.createElementNS(SVG, "polyline")).setAttribute("points", stroke.join(" "));
  }
  button.addEventListener("click", () => {
    const detail = { name: canvas, action: "example", strokes };
    document.dispatchEvent(new CustomEvent("studio-canvas-act", { detail }));
  });
  return button;
}

export default function ({ data, parentElement }) {
  const tiles = parentElement.querySelector(".tiles");
  if (tiles.children.length === 0) tiles.append(...data.examples.map((each) => createTile(each, data.canvas)));
}
