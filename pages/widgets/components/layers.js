// The layers of a network, a tile for each unit, updated in place; below the layer of the picked unit stands what is
// known of it. Pointer, finger and keyboard pick a unit, and a place on its tile.

const HEADER_PX = 80; // of the page's header, below which a picked tile stays
const EDGE_PX = 12; // below what was scrolled into sight
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function create(name, className = "", text = "") {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Show picture number `index` of those that lie one below the other in one file.
function showTile(node, { url, count, width, height }, index) {
  Object.assign(node.style, {
    width: `${width}px`,
    height: `${height}px`,
    backgroundSize: `${width}px ${height * count}px`,
    backgroundPosition: `0 ${-height * index}px`,
  });
  if (url) node.style.backgroundImage = `url("${url}")`;
}

// Layers

function createLayer(network, index) {
  const section = create("section");
  const layer = { section, index, tiles: [], key: "" };
  layer.title = section.appendChild(create("h4"));
  layer.formula = create("p", "formula");
  layer.grid = create("div", "grid");
  layer.grid.setAttribute("role", "group");
  section.append(layer.grid, layer.formula);
  layer.grid.addEventListener("click", (event) => pickByPointer(network, layer, event));
  layer.grid.addEventListener("keydown", (event) => moveByKey(network, layer, event));
  for (const kind of ["focusin", "pointerover"]) {
    layer.grid.addEventListener(kind, ({ target }) => describe(layer, target));
  }
  return layer;
}

function updateLayer(layer, data) {
  layer.data = data;
  layer.section.classList.toggle("passes", !data.tiles);
  const shown = create("small", "", data.shown ? ` · ${data.shown}` : "");
  layer.title.replaceChildren(data.title, shown);
  setText(layer.formula, data.formula);
  layer.grid.hidden = !data.tiles;
  if (!data.tiles) return;
  layer.grid.setAttribute("aria-label", `${data.title}: ${data.shown}`);
  layer.grid.style.setProperty("--tiles", `url("${data.tiles.url}")`);
  const { width, height, count } = data.tiles;
  const key = [width, height, ...data.units].join();
  if (layer.key !== key) {
    layer.key = key;
    while (layer.tiles.length > count) layer.tiles.pop().remove();
    while (layer.tiles.length < count) layer.tiles.push(layer.grid.appendChild(create("button", "tile")));
    layer.tiles.forEach((tile, number) => {
      tile.type = "button";
      tile.tabIndex = number ? -1 : 0;
      tile.setAttribute("aria-label", data.names[number]);
      showTile(tile, { ...data.tiles, url: "" }, number);
    });
  }
  const active = layer.tiles.find((tile) => tile.matches(":focus, :hover"));
  if (active) describe(layer, active);
}

function describe({ tiles, data }, tile) {
  const number = tiles.indexOf(tile);
  if (number < 0) return;
  const text = `${data.names[number]}: ${data.tiles.rows * data.tiles.columns > 1 ? "at most " : ""}${data.values[number]}`;
  tile.title = text;
  tile.setAttribute("aria-label", text);
}

// Picking

// Tell the server what was picked. Without a place it is where the unit is strongest.
function pick(network, layer, number, place = null) {
  const unit = layer.data.units[number];
  network.asked = { layer: layer.index, unit };
  markPicked(network);
  network.sendEvent("picked", { ...network.asked, place });
}

function pickByPointer(network, layer, event) {
  const number = layer.tiles.indexOf(event.target.closest(".tile"));
  if (number < 0) return;
  const { rows, columns, width, height } = layer.data.tiles;
  const isSecond = layer.data.units[number] === network.asked?.unit && layer.index === network.asked?.layer;
  // The first press shows where the unit is strongest; a second one asks for the place that was pressed.
  const isPlaced = isSecond && event.detail > 0 && rows * columns > 1;
  const at = (position, sizePx, cells) => Math.min(cells - 1, Math.max(0, Math.floor((position / sizePx) * cells)));
  const box = layer.tiles[number].getBoundingClientRect();
  const row = at(event.clientY - box.top, height, rows);
  const column = at(event.clientX - box.left, width, columns);
  pick(network, layer, number, isPlaced ? row * columns + column : null);
}

// Arrow keys go from tile to tile; with Shift they move the place on the picked one.
function moveByKey(network, layer, event) {
  const { tiles, data } = layer;
  const number = tiles.indexOf(event.target);
  const arrow = ARROWS[event.key];
  const ends = { Home: 0, End: tiles.length - 1 };
  if (number < 0 || (!arrow && !(event.key in ends))) return;
  event.preventDefault();
  if (arrow && event.shiftKey) {
    movePlace(network, layer, number, arrow);
    return;
  }
  const perRow = Math.max(
    1,
    tiles.findIndex((tile) => tile.offsetTop > tiles[0].offsetTop),
  );
  const wanted = arrow ? number + arrow[0] * perRow + arrow[1] : ends[event.key];
  const next = tiles[wanted];
  if (!next) return;
  for (const tile of tiles) tile.tabIndex = tile === next ? 0 : -1;
  next.focus();
  describe({ tiles, data }, next);
}

function movePlace(network, layer, number, [down, right]) {
  const { picked } = network.data;
  if (!picked || picked.layer !== layer.index || picked.unit !== layer.data.units[number]) return;
  const { rows, columns } = layer.data.tiles;
  const [row, column] = network.place ?? picked.place;
  const [newRow, newColumn] = [row + down, column + right];
  if (newRow < 0 || newRow >= rows || newColumn < 0 || newColumn >= columns) return;
  network.place = [newRow, newColumn]; // several presses may come before the server's answer
  pick(network, layer, number, newRow * columns + newColumn);
}

// Close what is known of the picked unit; the focus goes back to its tile.
function putAway(network) {
  const tile = network.marker.parentElement;
  network.asked = null;
  markPicked(network);
  network.detail.node.remove();
  network.sendEvent("picked", { layer: null });
  tile?.focus({ preventScroll: true });
}

function markPicked(network) {
  network.layers.forEach((layer) => {
    layer.tiles.forEach((tile, number) => {
      const { asked } = network;
      const isPicked = asked?.layer === layer.index && asked?.unit === layer.data.units[number];
      if ((tile.getAttribute("aria-pressed") === "true") !== isPicked || !tile.hasAttribute("aria-pressed")) {
        tile.setAttribute("aria-pressed", isPicked);
      }
      if (isPicked) tile.append(network.marker);
    });
  });
  if (!network.asked) network.marker.remove();
}

// What is known of the picked unit

function createDetail(network) {
  const node = create("div", "detail");
  node.setAttribute("role", "region");
  const head = node.appendChild(create("div", "head"));
  const title = head.appendChild(create("strong"));
  title.setAttribute("aria-live", "polite");
  const close = head.appendChild(create("button", "plain", "Close"));
  close.type = "button";
  close.addEventListener("click", () => putAway(network));
  const formula = node.appendChild(create("p", "formula"));
  const parts = node.appendChild(create("div", "parts"));
  const terms = parts.appendChild(create("div", "terms"));
  const pictures = parts.appendChild(create("div", "pictures"));
  const images = parts.appendChild(create("div", "images"));
  const imagesText = create("small");
  const readOn = create("button", "plain", "Read all test images");
  readOn.type = "button";
  readOn.addEventListener("click", () => {
    setText(imagesText, "Reading the test images …");
    readOn.hidden = true;
    network.sendEvent("read_on", true);
  });
  return { node, title, formula, terms, pictures, images, imagesText, readOn };
}

function createTerms(terms) {
  if (!terms.length) return [];
  const table = create("table");
  const head = table.createTHead().insertRow();
  for (const name of ["what it reads", "value", "× weight", "= added"]) {
    const cell = head.appendChild(create("th", "", name));
    cell.scope = "col";
  }
  const body = table.createTBody();
  for (const [name, value, weight, product, share] of terms) {
    const row = body.insertRow();
    if (name === "sum") row.className = "sum";
    row.append(...[name, value, weight, product].map((text) => create("td", "", text)));
    const bar = create("span", share < 0 ? "bar below" : "bar");
    bar.style.width = `${50 * Math.abs(share)}%`;
    row.appendChild(create("td", "room")).append(bar);
  }
  return [table];
}

function createPicture({ title, sentence, tiles, labels }) {
  const figure = create("figure");
  const row = create("div", "grid");
  labels.forEach((label, index) => {
    const tile = create("div", "tile");
    tile.setAttribute("role", "img");
    tile.setAttribute("aria-label", label || title);
    if (label) tile.title = label;
    showTile(tile, tiles, index);
    const cell = row.appendChild(create("div"));
    cell.append(tile);
    if (!sentence) cell.append(create("small", "", label));
  });
  figure.append(create("strong", "", title), row, create("small", "", sentence));
  return figure;
}

function updateDetail({ detail }, picked) {
  setText(detail.title, picked.title);
  detail.node.setAttribute("aria-label", picked.title);
  setText(detail.formula, picked.formula);
  detail.terms.replaceChildren(...createTerms(picked.terms));
  detail.pictures.replaceChildren(...picked.pictures.map(createPicture));
  detail.terms.hidden = !picked.terms.length;
  detail.pictures.hidden = !picked.pictures.length;
  setText(detail.imagesText, picked.imagesText);
  detail.readOn.hidden = !picked.canReadOn || !picked.images;
  const images = picked.images ? [createPicture(picked.images)] : [];
  detail.images.replaceChildren(...images, detail.imagesText, detail.readOn);
}

// Return the part of the page that scrolls.
function scroller(root) {
  const isScrolled = (node) =>
    node.scrollHeight > node.clientHeight && /auto|scroll/.test(getComputedStyle(node).overflowY);
  for (let node = root.host ?? root; node; node = node.parentElement ?? node.getRootNode().host) {
    if (isScrolled(node)) return node;
  }
  return document.scrollingElement;
}

// Change something while a node keeps its place on the screen: what was pressed does not jump away.
function keepInPlace(network, node, change) {
  const before = node?.isConnected ? node.getBoundingClientRect().top : null;
  change();
  if (before === null || !node.isConnected) return;
  const moved = node.getBoundingClientRect().top - before;
  if (moved) scroller(network.root).scrollTop += moved;
}

function update(network) {
  const { data, layers, detail } = network;
  const list = network.root.querySelector(".layers");
  while (layers.length > data.layers.length) layers.pop().section.remove();
  while (layers.length < data.layers.length) {
    layers.push(createLayer(network, layers.length));
    list.append(layers.at(-1).section);
  }
  data.layers.forEach((each, index) => {
    updateLayer(layers[index], each);
  });
  const { picked } = data;
  const isAsked = Boolean(network.asked);
  network.place = null;
  network.asked = picked && { layer: picked.layer, unit: picked.unit };
  markPicked(network);
  if (!picked) {
    detail.node.remove();
    return;
  }
  const layer = layers[picked.layer];
  const isMoved = detail.node.parentElement !== layer.section;
  keepInPlace(network, layer.section, () => {
    updateDetail(network, picked);
    if (isMoved) layer.section.append(detail.node);
  });
  placeMarker(network, layer, picked);
  if (isMoved && isAsked) showDetail(network); // and not where the page is drawn anew
}

// Scroll until the detail is seen whole, as far as the picked tile stays in sight.
function showDetail({ detail, marker, root }) {
  const tile = marker.parentElement?.getBoundingClientRect();
  const view = scroller(root);
  const hidden = detail.node.getBoundingClientRect().bottom + EDGE_PX - innerHeight;
  const by = Math.min(hidden, (tile?.top ?? 0) - HEADER_PX);
  if (by > 0) view.scrollBy({ top: by, behavior: matchMedia("(prefers-reduced-motion)").matches ? "auto" : "smooth" });
}

// Frame the place on the picked tile.
function placeMarker({ marker }, { data }, { place: [row, column] }) {
  const { rows, columns } = data.tiles ?? { rows: 1, columns: 1 };
  marker.hidden = rows * columns === 1;
  const share = (number, of) => `${(100 * number) / of}%`;
  Object.assign(marker.style, {
    top: share(row, rows),
    left: share(column, columns),
    height: share(1, rows),
    width: share(1, columns),
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".layers");
  if (!list.network) {
    list.network = { root: parentElement, layers: [], marker: create("span", "marker") };
    list.network.detail = createDetail(list.network);
    list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !list.network.asked) return;
      event.preventDefault();
      putAway(list.network);
    });
  }
  Object.assign(list.network, { data, sendEvent: setTriggerValue });
  update(list.network);
}
