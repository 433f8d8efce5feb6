
"use strict";
{
  // So many lines are shown at once, and so many printed.
  const PAGE = 200;
  const PRINTED = 2000;
  const at = (id) => document.getElementById(id);
  const { columns, tones } = JSON.parse(at("head").textContent);
  const lines = JSON.parse(at("data").textContent);
  const texts = lines.map((line) => line.join("\n").toLowerCase());
  const words = (cell) => (cell === "" ? [] : cell.split(", "));
  const table = document.querySelector("table");
  const body = table.tBodies[0];
  const controls = at("controls");
  const filters = new Map();
  let matching = lines;
  let first = 0;

  // Only text is ever set: whatever a cell holds, it is shown and nothing else.
  const element = (name, text, parent) => {
    const made = document.createElement(name);
    made.textContent = text;
    return parent.appendChild(made);
  };

  const addFilter = (column, index) => {
    const found = new Set(lines.flatMap((line) => words(line[index])));
    const label = document.createElement("label");
    label.append(column.title);
    const select = label.appendChild(document.createElement("select"));
    element("option", "all", select).value = "";
    for (const word of [...found].sort()) {
      element("option", word, select).value = word;
    }
    controls.insertBefore(label, controls.querySelector("button"));
    filters.set(index, select);
  };

  const addCell = (row, text, column) => {
    const cell = row.insertCell();
    if (!column.filter) {
      cell.textContent = text;
      return;
    }
    for (const word of words(text)) {
      element("span", word, cell).className = Object.hasOwn(tones, word) ? tones[word] : "plain";
    }
  };

  const show = (count) => {
    body.replaceChildren();
    for (const line of matching.slice(first, first + count)) {
      const row = body.insertRow();
      columns.forEach((column, index) => addCell(row, line[index], column));
    }
    const last = Math.min(first + count, matching.length);
    const number = (value) => value.toLocaleString("en");
    const range = matching.length === 0 ? "no lines" : `lines ${number(first + 1)} to ${number(last)}`;
    at("status").textContent = `${range} of ${number(matching.length)}` +
      (matching.length === lines.length ? "" : ` matching, ${number(lines.length)} in all`);
    at("previous").disabled = first === 0;
    at("next").disabled = last === matching.length;
    at("pager").hidden = matching.length <= PAGE;
  };

  const filter = () => {
    const wanted = at("search").value.trim().toLowerCase();
    const chosen = [...filters].filter(([, select]) => select.value !== "");
    matching = lines.filter((line, row) =>
      chosen.every(([index, select]) => words(line[index]).includes(select.value)) && texts[row].includes(wanted));
    first = 0;
    show(PAGE);
  };

  const turn = (pages) => {
    first += pages * PAGE;
    show(PAGE);
    table.scrollIntoView({ block: "start" });
  };

  columns.forEach((column, index) => {
    element("th", column.title, table.tHead.rows[0]).scope = "col";
    if (column.filter) {
      addFilter(column, index);
    }
  });
  let waiting;
  at("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  controls.addEventListener("change", filter);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(filter));
  at("previous").addEventListener("click", () => turn(-1));
  at("next").addEventListener("click", () => turn(1));
  addEventListener("beforeprint", () => show(PRINTED));
  addEventListener("afterprint", () => show(PAGE));
  controls.hidden = false;
  table.hidden = false;
  show(PAGE);
}
