// The table of all runs: sorted and ticked in the browser, updated in place.
//
// Rows are kept by the run's id, so that neither focus nor a tick moves when a run is added or changes.

function appendCell(row, className) {
  const cell = document.createElement("td");
  cell.className = className;
  row.append(cell);
  return cell;
}

function createTick(table, row) {
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.onchange = () => table.reportChosen();
  const label = document.createElement("label");
  label.append(tick);
  appendCell(row, "tick").append(label);
  return tick;
}

function createButton(onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.onclick = onClick;
  return button;
}

// Return the row of a run; `tick`, `star`, `open`, `state` and `values` are the parts that `updateRow` fills in.
function createRow(table, id) {
  const row = document.createElement("tr");
  row.dataset.run = id;
  row.tick = createTick(table, row);
  row.star = createButton(() => table.sendEvent("starred", id));
  appendCell(row, "star").append(row.star);
  row.open = createButton(() => table.sendEvent("opened", id));
  row.state = document.createElement("small");
  appendCell(row, "name").append(row.open, row.state);
  row.values = table.columns.slice(1).map(([name, , isNumber]) => appendCell(row, columnClass(name, isNumber)));
  return row;
}

function columnClass(name, isNumber) {
  return isNumber ? `${name} number` : name;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function updateRow(row, run, openedId) {
  row.tick.setAttribute("aria-label", `Choose ${run.title}`);
  setText(row.star, run.starred ? "★" : "☆");
  row.star.setAttribute("aria-label", `${run.starred ? "Take the star from" : "Star"} ${run.title}`);
  row.star.setAttribute("aria-pressed", run.starred);
  setText(row.open, run.title);
  row.open.title = run.remark || run.title;
  setText(row.state, run.state);
  row.classList.toggle("opened", run.id === openedId);
  row.values.forEach((cell, index) => {
    setText(cell, run.texts[index]);
    cell.title = run.texts[index];
  });
}

// Return the row of a group, which folds and unfolds the rows of its runs, and ticks all of them.
function createGroupRow(table, name) {
  const row = document.createElement("tr");
  row.className = "group";
  row.tick = createTick(table, row);
  row.tick.onchange = () => {
    for (const run of table.data.runs) {
      if (run.group === name) table.rows.get(run.id).tick.checked = row.tick.checked;
    }
    table.reportChosen();
  };
  row.open = createButton(() => {
    if (!table.unfolded.delete(name)) table.unfolded.add(name);
    draw(table);
  });
  appendCell(row, "star");
  const cell = appendCell(row, "name");
  cell.colSpan = table.columns.length;
  cell.append(row.open);
  return row;
}

function updateGroupRow(table, row, name) {
  const members = table.data.runs.filter((run) => run.group === name);
  const isOpen = isUnfolded(table, name);
  setText(row.open, `${isOpen ? "▾" : "▸"} ${name} ${members.length} run${members.length === 1 ? "" : "s"}`);
  row.open.setAttribute("aria-expanded", isOpen);
  row.tick.setAttribute("aria-label", `Choose the ${members.length} runs of ${name}`);
}

// A group is unfolded by its button, and where one of its runs is open.
function isUnfolded({ unfolded, data }, name) {
  return unfolded.has(name) || data.runs.some((run) => run.group === name && run.id === data.opened);
}

// Return the rows as they stand: a group, with its runs where it is unfolded, takes the place of its first run.
function arrangeRows(table) {
  const shown = [];
  const seen = new Set();
  const sorted = sortRuns(table.data.runs, table.sort);
  for (const run of sorted) {
    if (!run.group) shown.push(table.rows.get(run.id));
    if (!run.group || seen.has(run.group)) continue;
    seen.add(run.group);
    if (!table.groups.has(run.group)) table.groups.set(run.group, createGroupRow(table, run.group));
    const row = table.groups.get(run.group);
    updateGroupRow(table, row, run.group);
    shown.push(row);
    if (!isUnfolded(table, run.group)) continue;
    shown.push(...sorted.filter(({ group }) => group === run.group).map(({ id }) => table.rows.get(id)));
  }
  return shown;
}

function compare(a, b) {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

// Return the runs in the table's order: starred ones first, those without a value last, equal ones newest first.
function sortRuns(runs, [column, isDescending]) {
  const value = (run) => run.sort[column];
  const hasValue = (run) => value(run) !== null && value(run) !== "";
  const byValue = isDescending ? (a, b) => compare(value(b), value(a)) : (a, b) => compare(value(a), value(b));
  return [...runs].sort(
    (a, b) => b.starred - a.starred || hasValue(b) - hasValue(a) || byValue(a, b) || (a.id < b.id ? 1 : -1),
  );
}

function updateRows(table) {
  const { body, rows, data } = table;
  for (const id of [...rows.keys()]) {
    if (!data.runs.some((run) => run.id === id)) rows.delete(id);
  }
  for (const run of data.runs) {
    if (!rows.has(run.id)) {
      rows.set(run.id, createRow(table, run.id));
      rows.get(run.id).tick.checked = data.chosen.includes(run.id);
    }
    const row = rows.get(run.id);
    updateRow(row, run, data.opened);
    row.classList.toggle("member", Boolean(run.group));
  }
  const shown = arrangeRows(table);
  for (const row of [...body.children]) {
    if (!shown.includes(row)) row.remove();
  }
  shown.forEach((row, place) => {
    if (body.children[place] !== row) body.insertBefore(row, body.children[place] || null);
  });
}

function updateHeads({ heads, sort: [column, isDescending] }) {
  for (const [name, head] of heads) {
    const isSorted = name === column;
    const order = isDescending ? "descending" : "ascending";
    head.setAttribute("aria-sort", isSorted ? order : "none");
    const arrow = isDescending ? " ↓" : " ↑";
    setText(head.querySelector("span"), isSorted ? arrow : "");
  }
}

function draw(table) {
  updateRows(table);
  updateHeads(table);
  table.emptyMessage.hidden = table.data.runs.length > 0;
  setText(table.emptyMessage, table.data.nothing);
}

function appendHeads(table, parent) {
  const row = parent.querySelector("thead tr");
  for (const [name, label, isNumber] of table.columns) {
    const head = document.createElement("th");
    head.scope = "col";
    head.className = columnClass(name, isNumber);
    // A number's largest values come first; a second press turns the order round.
    const button = createButton(() => {
      const [column, isDescending] = table.sort;
      table.sort = [name, column === name ? !isDescending : Boolean(isNumber)];
      draw(table);
    });
    button.append(label, document.createElement("span"));
    head.append(button);
    row.append(head);
    table.heads.set(name, head);
  }
}

function createTable(parent, columns) {
  const table = {
    rows: new Map(),
    groups: new Map(), // rows of groups, by their names
    unfolded: new Set(),
    heads: new Map(),
    sort: ["created", true],
    columns,
    body: parent.querySelector("tbody"),
    emptyMessage: parent.querySelector(".none"),
  };
  appendHeads(table, parent);
  return table;
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const node = parentElement.querySelector(".runs");
  node.table ??= createTable(parentElement, data.columns);
  const table = node.table;
  table.data = data;
  table.sendEvent = setTriggerValue;
  table.reportChosen = () => {
    const ticked = [...table.rows].filter(([, row]) => row.tick.checked);
    setStateValue(
      "chosen",
      ticked.map(([id]) => id),
    );
  };
  draw(table);
}
