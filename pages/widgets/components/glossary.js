// Opens the explanation of a term beside the link that was clicked, or all of them.

const PREFIX = "#term-";
const GAP_PX = 6;

function createPopover() {
  const popover = document.createElement("div");
  popover.className = "glossary-popover";
  popover.tabIndex = -1;
  popover.popover = "auto"; // closes with Escape and with a click elsewhere, and gives the focus back
  document.body.append(popover);
  return popover;
}

function createEntry({ term, text }) {
  const entry = document.createElement("p");
  entry.append(Object.assign(document.createElement("strong"), { textContent: term }), ` ${text}`);
  return entry;
}

function createAllButton(popover, link, terms) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.textContent = `All ${terms.length} terms`;
  button.addEventListener("click", () => {
    popover.replaceChildren(...terms.map(createEntry));
    popover.focus(); // Escape then leads back to the link
    place(popover, link);
  });
  return button;
}

function open(link, found, terms) {
  const app = document.querySelector('[data-testid="stApp"]');
  const popover = document.querySelector(".glossary-popover") ?? createPopover();
  const { backgroundColor, color, fontFamily } = getComputedStyle(app);
  Object.assign(popover.style, { backgroundColor, color, fontFamily });
  popover.replaceChildren(createEntry(found), createAllButton(popover, link, terms));
  popover.showPopover();
  place(popover, link);
}

function place(popover, link) {
  const { left, bottom, top } = link.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const isAbove = bottom + GAP_PX + height > innerHeight;
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  popover.style.top = `${isAbove ? Math.max(8, top - height - GAP_PX) : bottom + GAP_PX}px`;
}

export default function ({ data }) {
  document.studioTerms = data.terms;
  if (document.studioGlossary) return;
  document.studioGlossary = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(`a[href*="${PREFIX}"]`);
    const found = link && document.studioTerms.find(({ anchor }) => link.hash === `#${anchor}`);
    if (!found) return;
    event.preventDefault();
    open(link, found, document.studioTerms);
  });
}
