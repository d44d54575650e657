// A Plotly chart that is updated in place.
//
// `st.plotly_chart` replaces the chart whenever its figure changes; `Plotly.react` changes the one that is there.
// Colours that stand for roles are filled in from the page's theme, again when the theme changes.

const CHECK_MS = 150;
const NARROW_PX = 300;
const MISSING_COLOUR = "#808080";

const configs = {}; // one object for all drawings: given another, Plotly would draw the chart from the beginning

function plotlyConfig(selectable) {
  configs[selectable] ??= {
    displaylogo: false,
    showSendToCloud: false,
    modeBarButtonsToRemove: selectable ? ["toImage"] : ["select2d", "lasso2d", "toImage"],
    modeBarButtonsToAdd: [
      downloadButton("png", window.Plotly.Icons.camera),
      downloadButton("svg", window.Plotly.Icons.disk),
    ],
  };
  return configs[selectable];
}

let canUseWebgl = null;

// Points drawn by WebGL are drawn as SVG where the browser has none: slower, but there.
function withoutWebgl(text) {
  canUseWebgl ??= document.createElement("canvas").getContext("webgl") !== null;
  return canUseWebgl ? text : text.replaceAll('"scattergl"', '"scatter"');
}

// The page's background goes with the picture: text drawn for the dark theme could not be read on another one.
function downloadButton(format, icon) {
  const click = (node) => {
    const background = getComputedStyle(node).getPropertyValue("--st-background-color").trim();
    const figure = { data: node.data, layout: { ...node.layout, paper_bgcolor: background } };
    const { clientWidth: width, clientHeight: height } = node;
    window.Plotly.downloadImage(figure, { format, width, height, scale: 2, filename: node.dataset.chart });
  };
  return { name: `save-${format}`, title: `Download as ${format.toUpperCase()}`, icon, click };
}

// Return (role, colour) pairs of the page's theme.
function themeColours({ node, roles }) {
  const style = getComputedStyle(node);
  const colour = (property) => style.getPropertyValue(property).trim() || MISSING_COLOUR;
  return Object.entries(roles).map(([role, property]) => [role, colour(property)]);
}

function draw(state) {
  const { node } = state;
  const colours = themeColours(state);
  let text = withoutWebgl(state.figure);
  for (const [role, colour] of colours) text = text.replaceAll(role, colour);
  state.drawnColours = JSON.stringify(colours);
  const figure = JSON.parse(text);
  figure.layout.font.family = getComputedStyle(node).fontFamily;
  figure.layout.width = node.clientWidth; // left out, `Plotly.react` would keep the width of the first drawing
  figure.layout.height = node.clientHeight;
  const narrowRange = figure.layout.meta?.narrow_range;
  if (narrowRange && node.clientWidth < NARROW_PX) figure.layout.xaxis.range = narrowRange;
  if (state.selectable) figure.layout.dragmode ??= "lasso";
  window.Plotly.react(node, figure.data, figure.layout, plotlyConfig(state.selectable));
  if (!state.reportsClicks) {
    state.reportsClicks = true;
    node.on("plotly_click", ({ points: [point] }) => state.reportClick({ x: point.x, y: point.y }));
    node.on("plotly_selected", (event) => reportSelection(state, event?.points ?? []));
    node.on("plotly_deselect", () => reportSelection(state, []));
  }
}

// Report the first value of each selected point's `customdata`, once: an update of the chart selects them again.
function reportSelection(state, points) {
  const chosen = points.filter((point) => point.customdata).map((point) => point.customdata[0]);
  const text = JSON.stringify(chosen.sort((a, b) => a - b));
  if (!state.selectable || text === state.reportedSelection) return;
  state.reportedSelection = text;
  state.reportSelected(chosen);
}

// Ask for a newer figure until the chart is gone or the page shows it without a source of newer ones.
async function followSource(state) {
  while (state.node.isConnected && state.live) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * state.live.every_s));
    if (state.live && !document.hidden) await showNewest(state);
  }
  state.isFollowing = false;
}

async function showNewest(state) {
  const { address } = state.live;
  try {
    const answer = await fetch(new URL(address, new URL(".", window.location.href)), { cache: "no-cache" });
    const text = answer.ok ? await answer.text() : state.figure;
    if (state.live?.address !== address || text === state.figure) return;
    state.figure = text;
    if (window.Plotly) draw(state);
  } catch {
    // The server is away; the page says so by itself.
  }
}

// Plotly's script may still be loading, a change of theme calls nobody, and a chart that was drawn in a closed tab or
// expander, or before the page's styles were there, has another size than its place.
function check(state) {
  const { node } = state;
  if (!node.isConnected) {
    clearInterval(state.timer);
    state.timer = null;
    return;
  }
  if (window.Plotly && state.drawnColours !== JSON.stringify(themeColours(state))) draw(state);
  if (!window.Plotly || !node.clientWidth) return;
  const { width = 0, height = 0 } = node._fullLayout ?? {}; // none where the first drawing failed
  const isOff = Math.abs(width - node.clientWidth) > 1 || Math.abs(height - node.clientHeight) > 1;
  if (isOff) draw(state);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const node = parentElement.querySelector(".studio-chart");
  node.studioChart ??= { node };
  const state = node.studioChart;
  node.style.setProperty("--height", `${data.height}px`);
  node.setAttribute("aria-label", data.alt);
  node.dataset.chart = data.name;
  state.reportClick = (point) => {
    if (data.clickable) setTriggerValue("clicked", point);
  };
  state.selectable = Boolean(data.selectable);
  state.reportSelected = (chosen) => setTriggerValue("selected", chosen);
  const hasChanged = state.figure !== data.figure;
  state.figure = data.figure;
  state.roles = data.roles;
  state.live = data.live;
  if (window.Plotly && hasChanged) draw(state);
  if (state.live && !state.isFollowing) {
    state.isFollowing = true;
    followSource(state);
  }
  state.timer ??= setInterval(() => check(state), CHECK_MS);
}
