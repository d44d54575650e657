// The classes of a data set in a table: their names, counts, and strips of small images.

const element = (kind, className, text) =>
  Object.assign(document.createElement(kind), { className, textContent: text });

function strip(url, alt) {
  const cell = element("td", "strip", "");
  if (url) cell.append(Object.assign(document.createElement("img"), { src: url, alt }));
  return cell;
}

function row({ name, train, test, strips }, columns) {
  const created = document.createElement("tr");
  created.append(
    Object.assign(element("th", "", name), { scope: "row" }),
    element("td", "number", train),
    element("td", "number", test),
    ...strips.map((url, place) => strip(url, `${name}: ${columns[place]}`)),
  );
  return created;
}

export default function ({ data, parentElement }) {
  const titles = ["Class", "Training", "Test", ...data.columns];
  const heads = titles.map((title, place) => {
    const isNumber = place === 1 || place === 2;
    return Object.assign(element("th", isNumber ? "number" : "", title), { scope: "col" });
  });
  parentElement.querySelector(".classes").setAttribute("aria-label", data.label);
  parentElement.querySelector("thead tr").replaceChildren(...heads);
  parentElement.querySelector("tbody").replaceChildren(...data.rows.map((each) => row(each, data.columns)));
}
