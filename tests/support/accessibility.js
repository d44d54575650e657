// What a person with weak eyes or without a mouse meets on a page: the contrast of each text, the ring of the focus.

function parentOf(node) {
  return node.parentElement ?? node.getRootNode().host ?? null;
}

function chain(node) {
  const nodes = [];
  for (let each = node; each; each = parentOf(each)) nodes.push(each);
  return nodes;
}

// Return [red, green, blue, opacity] of a colour as the browser computes it: 0 to 255, opacity 0 to 1.
function parseColour(text) {
  const numbers = (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const scale = text.startsWith("color(srgb") ? 255 : 1;
  return [...numbers.slice(0, 3).map((value) => value * scale), numbers[3] ?? 1];
}

function blend([red, green, blue, opacity], behind) {
  return [red, green, blue].map((value, index) => value * opacity + behind[index] * (1 - opacity));
}

function luminance(colour) {
  const shares = colour.map((value) => value / 255);
  const linear = shares.map((share) => (share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

// Contrast as WCAG 2 defines it, 1 to 21.
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function backgroundOf(node) {
  const layers = chain(node).map((each) => parseColour(getComputedStyle(each).backgroundColor));
  const opaque = layers.findIndex((layer) => layer[3] === 1);
  const visible = layers.slice(0, opaque < 0 ? layers.length : opaque + 1);
  return visible.reverse().reduce((behind, layer) => blend(layer, behind), [255, 255, 255]);
}

function everyNode(root) {
  const within = (node) => (node.shadowRoot ? everyNode(node.shadowRoot) : []);
  return [...root.querySelectorAll("*")].flatMap((node) => [node, ...within(node)]);
}

function textOf(node) {
  const texts = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
  const own = texts.map((text) => text.textContent).join(" ");
  const isField = node.matches("input:not([type=checkbox], [type=radio]), textarea");
  return (own.trim() || (isField && (node.value || node.placeholder)) || "").slice(0, 40);
}

// Icons have names for texts; a disabled widget may be faint; text in a chart's bars and cells is not on the background.
const LEFT_OUT =
  "style, script, noscript, title, [data-testid=stIconMaterial], [disabled], [aria-disabled=true], .plot *, .bartext";
// A table is drawn on a canvas, its focus too; the canvas for digits has a toolbar of its own.
const UNCHECKED = "canvas, [class*=dc-]";

function isShown(node) {
  const { width, height } = node.getBoundingClientRect();
  return width > 2 && height > 2 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

function contrastOf(node) {
  const isEmpty = node.matches("input, textarea") && !node.value;
  const style = getComputedStyle(node, isEmpty ? "::placeholder" : null);
  const colour = parseColour(node instanceof SVGElement ? style.fill : style.color);
  const opacity = chain(node).reduce((product, each) => product * Number(getComputedStyle(each).opacity), colour[3]);
  const behind = backgroundOf(node);
  return contrast(blend([...colour.slice(0, 3), opacity], behind), behind);
}

// Return the texts whose contrast with their background is less than 4.5, with that contrast.
export function faintTexts() {
  const nodes = everyNode(document).filter((node) => textOf(node) && !node.closest(LEFT_OUT) && isShown(node));
  return nodes.map((node) => [textOf(node), Number(contrastOf(node).toFixed(2))]).filter(([, ratio]) => ratio < 4.5);
}

function focused() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node === document.body ? null : node;
}

// What a ring may be drawn with, on the focused node, the frame around it, or what stands for a hidden input.
function lookOf(node) {
  const near = [...chain(node).slice(0, 6), ...node.children, ...(parentOf(node)?.children ?? [])];
  return JSON.stringify(
    near.map((each) => {
      const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(each);
      return [outlineStyle === "none" ? "" : outlineWidth, boxShadow, borderColor];
    }),
  );
}

function kindOf(node) {
  const part = chain(node).find((each) => each.dataset?.testid)?.dataset.testid ?? "";
  const classes = [node, parentOf(node)].map((each) => each?.className.toString() ?? "");
  return [part, node.tagName, node.type, ...classes].join();
}

const checkedKinds = new Set();

// Return what has the focus now: its name, and whether it looks otherwise without; null where nothing has it. A kind of
// widget that was looked at before counts as visible.
export async function focusedThing() {
  const node = focused();
  if (!node) return null;
  const name = node.getAttribute("aria-label") || node.innerText?.slice(0, 30) || kindOf(node);
  if (checkedKinds.has(kindOf(node)) || node.closest(UNCHECKED)) return { name, isVisible: true };
  checkedKinds.add(kindOf(node));
  const settled = () => new Promise((resolve) => setTimeout(resolve, 60));
  await settled();
  const before = lookOf(node);
  node.blur();
  await settled();
  return { name, isVisible: before !== lookOf(node) };
}
