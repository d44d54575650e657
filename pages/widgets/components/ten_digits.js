// The ten probe digits, each with the network's answer, updated in place.

function createEntry() {
  const entry = document.createElement("li");
  const image = document.createElement("img");
  const answer = document.createElement("div");
  const confidence = document.createElement("div");
  answer.className = "answer";
  confidence.className = "confidence";
  entry.append(image, answer, confidence);
  return entry;
}

function updateEntry(entry, digit) {
  const [image, answer, confidence] = entry.children;
  if (image.src !== digit.image) image.src = digit.image;
  image.alt = digit.alt;
  answer.textContent = digit.answer;
  answer.classList.toggle("name", digit.answer.length > 2);
  confidence.textContent = digit.confidence;
  entry.className = digit.state;
}

export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".ten");
  const title = parentElement.querySelector("#what");
  if (title.textContent !== data.title) title.textContent = data.title;
  while (list.children.length < data.digits.length) list.append(createEntry());
  while (list.children.length > data.digits.length) list.lastElementChild.remove();
  data.digits.forEach((digit, label) => {
    updateEntry(list.children[label], digit);
  });
}
