// Loads Plotly's script, once a page: the charts wait until it is there.

const MAX_LOADS = 5; // where the server does not answer
const RETRY_MS = 2000;

function load(address, attempt) {
  if (document.querySelector("script[data-plotly]")) return;
  const script = document.createElement("script");
  script.dataset.plotly = "";
  script.src = address;
  script.onerror = () => {
    script.remove();
    if (attempt < MAX_LOADS) setTimeout(() => load(address, attempt + 1), attempt * RETRY_MS);
  };
  document.head.append(script);
}

export default function ({ data }) {
  const address = new URL(data.file, new URL(".", window.location.href)).href;
  setTimeout(() => load(address, 1), data.after_ms);
}
