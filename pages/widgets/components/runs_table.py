"""The table of all runs: sorted and ticked in the browser, kept up to date in place, name and accuracy on a phone."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.runs.index import RunSummary
from pages.widgets.shared.durations import describe_duration, describe_time

_CSS = """
.runs { container-type: inline-size; max-height: 27rem; overflow: auto; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); font-family: var(--st-font); font-size: 0.875rem; color: var(--st-text-color); }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-variant-numeric: tabular-nums; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--st-secondary-background-color); text-align: left;
  font-weight: 600; padding: 0; }
th button { all: unset; box-sizing: border-box; width: 100%; padding: 0.55rem 0.5rem; cursor: pointer;
  font-weight: 600; }
td { padding: 0.5rem; border-top: 1px solid var(--st-border-color); overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.number, th.number button { text-align: right; }
tr.opened td { background: var(--st-secondary-background-color); }
button:focus-visible, input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -2px; }
.tick { width: 2.6rem; text-align: center; }
td.tick { padding: 0; }
.tick label { display: block; padding: 0.5rem; cursor: pointer; }
.tick input { width: 1.05rem; height: 1.05rem; margin: 0; accent-color: var(--st-primary-color); cursor: pointer; }
.star { width: 2.6rem; text-align: center; }
td.star { padding: 0; }
.star button { all: unset; box-sizing: border-box; width: 100%; padding: 0.3rem 0; text-align: center; cursor: pointer;
  font-size: 1.15rem; }
td.name button { all: unset; box-sizing: border-box; max-width: 100%; overflow: hidden; text-overflow: ellipsis;
  cursor: pointer; color: var(--st-link-color); font-weight: 600; }
.name small { display: block; overflow: hidden; text-overflow: ellipsis; }
td.name button:hover { text-decoration: underline; }
.name { width: 21%; } .network { width: 5.8rem; } 
.test_accuracy, .val_accuracy, .parameters, .train_s { width: 5.7rem; }
.created { width: 7.2rem; }
.none { padding: 1.5rem 1rem; }
@container (max-width: 60rem) { .parameters, .recipe { display: none; } .name { width: auto; } }
@container (max-width: 42rem) {
  .star, .network, .val_accuracy, .parameters, .train_s, .created { display: none; }
  .test_accuracy { width: 7rem; }
}
"""

# Rows are kept by the run's id, so that neither focus nor a tick moves when a run is added or changes.
_JS = """
function cell(row, name) {
  const made = document.createElement("td");
  made.className = name;
  row.append(made);
  return made;
}

function makeRow(id, table) {
  const row = document.createElement("tr");
  row.dataset.run = id;
  const label = document.createElement("label");
  row.tick = document.createElement("input");
  row.tick.type = "checkbox";
  row.tick.onchange = () => table.tell();
  label.append(row.tick);
  cell(row, "tick").append(label);
  row.star = document.createElement("button");
  row.star.onclick = () => table.send("starred", id);
  cell(row, "star").append(row.star);
  row.open = document.createElement("button");
  row.open.onclick = () => table.send("opened", id);
  row.state = document.createElement("small");
  cell(row, "name").append(row.open, row.state);
  row.shown = table.columns.slice(1).map(([name, , number]) => cell(row, name + (number ? " number" : "")));
  return row;
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(row, run, opened) {
  row.tick.setAttribute("aria-label", "Choose " + run.title);
  set(row.star, run.starred ? "★" : "☆");
  row.star.setAttribute("aria-label", (run.starred ? "Take the star from " : "Star ") + run.title);
  row.star.setAttribute("aria-pressed", run.starred);
  set(row.open, run.title);
  row.open.title = run.remark || run.title;
  set(row.state, run.state);
  row.classList.toggle("opened", run.id === opened);
  row.shown.forEach((node, index) => { set(node, run.words[index]); node.title = run.words[index]; });
}

function order(runs, [name, downward]) {
  const value = (run) => run.sort[name];
  const known = (run) => value(run) !== null && value(run) !== "";
  const compare = (a, b) => value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0;
  return [...runs].sort((a, b) => b.starred - a.starred || known(b) - known(a)
    || (downward ? compare(b, a) : compare(a, b)) || (a.id < b.id ? 1 : -1));
}

function draw(table) {
  const { body, rows, data } = table;
  const sorted = order(data.runs, table.sort);
  for (const [id, row] of rows) if (!data.runs.some((run) => run.id === id)) { row.remove(); rows.delete(id); }
  sorted.forEach((run, place) => {
    if (!rows.has(run.id)) {
      rows.set(run.id, makeRow(run.id, table));
      rows.get(run.id).tick.checked = data.chosen.includes(run.id);
    }
    fill(rows.get(run.id), run, data.opened);
    if (body.children[place] !== rows.get(run.id)) body.insertBefore(rows.get(run.id), body.children[place] || null);
  });
  for (const [name, head] of table.heads) {
    const by = table.sort[0] === name;
    head.setAttribute("aria-sort", by ? (table.sort[1] ? "descending" : "ascending") : "none");
    set(head.querySelector("span"), by ? (table.sort[1] ? " ↓" : " ↑") : "");
  }
  table.none.hidden = data.runs.length > 0;
  set(table.none, data.nothing);
}

function makeHead(table, parent) {
  const row = parent.querySelector("thead tr");
  for (const [name, label, number] of table.columns) {
    const head = document.createElement("th");
    head.scope = "col";
    head.className = name + (number ? " number" : "");
    const button = document.createElement("button");
    button.append(label, document.createElement("span"));
    button.onclick = () => {
      table.sort = [name, table.sort[0] === name ? !table.sort[1] : Boolean(number)];
      draw(table);
    };
    head.append(button);
    row.append(head);
    table.heads.set(name, head);
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const node = parentElement.querySelector(".runs");
  if (!node.table) {
    node.table = { rows: new Map(), heads: new Map(), sort: ["created", true], columns: data.columns,
      body: parentElement.querySelector("tbody"), none: parentElement.querySelector(".none") };
    makeHead(node.table, parentElement);
  }
  const table = node.table;
  table.data = data;
  table.send = setTriggerValue;
  table.tell = () => setStateValue("chosen", [...table.rows].filter(([, row]) => row.tick.checked).map(([id]) => id));
  draw(table);
}
"""

_HTML = """
<div class="runs" tabindex="0" role="region" aria-label="All runs">
<table><thead><tr><th class="tick"></th><th class="star"></th></tr></thead><tbody></tbody></table>
<div class="none" hidden></div></div>
"""

_table = st.components.v2.component("studio_runs", html=_HTML, css=_CSS, js=_JS)

# Name of the figure in `Summary`, its column's head, and whether it is a number.
_COLUMNS = (
    ("name", "Name", False),
    ("network", "Network", False),
    ("recipe", "Recipe", False),
    ("test_accuracy", "Test", True),
    ("val_accuracy", "Validation", True),
    ("parameters", "Weights", True),
    ("train_s", "Time", True),
    ("created", "When", True),
)

_KEY = "runs"


def show(found: Sequence[RunSummary], opened: str | None, nothing: str, star: Callable[[str], None]):
    """Show the runs; `nothing` is the sentence where there are none. The run with the id `opened` is marked.

    `star(run_id)` is called before the page is drawn again, where somebody presses a run's star. The result has
    `chosen` (the ids of the ticked runs) and `opened` (the id of the run whose name was just pressed, else None).
    """
    kept = st.session_state.get("chosen_runs", [])
    data = {
        "columns": _COLUMNS,
        "runs": [_row(each) for each in found],
        "opened": opened,
        "nothing": nothing,
        "chosen": kept,
    }
    called = {"on_chosen_change": _ignore, "on_opened_change": _ignore}
    called["on_starred_change"] = lambda: star(st.session_state[_KEY].starred)
    result = _table(key=_KEY, data=data, default={"chosen": kept}, **called)
    st.session_state.chosen_runs = result.chosen
    return result


def _ignore():
    """What the table reports is taken from its result."""


def _row(summary):
    words = {
        "network": summary.network,
        "recipe": summary.recipe,
        "test_accuracy": _percent(summary.test_accuracy),
        "val_accuracy": _percent(summary.val_accuracy),
        "parameters": f"{summary.parameters:,}" if summary.parameters else "",
        "train_s": describe_duration(summary.train_s) if summary.train_s else "",
        "created": describe_time(summary.created),
    }
    return {
        "id": summary.id,
        "title": summary.title,
        "starred": summary.starred,
        "remark": summary.remark,
        "state": _state(summary),
        "words": list(words.values()),
        "sort": {"name": summary.title.lower()} | {name: getattr(summary, name) for name in words},
    }


def _state(summary):
    """Said under the name of every run that did not simply finish."""
    if summary.state == "finished":
        return "imported" if summary.imported else ""
    if summary.state.is_live and summary.epoch is not None:
        return f"{summary.state}, epoch {summary.epoch:.1f} of {summary.epochs}"
    return f"{summary.state}: {summary.note}" if summary.note else summary.state


def _percent(share):
    return "" if share is None else f"{share:.2%}"
