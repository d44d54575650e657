// Loads Plotly's script, once a page: the charts wait until it is there.

export default function ({ data }) {
  if (document.querySelector("script[data-plotly]")) return;
  const script = document.createElement("script");
  script.dataset.plotly = "";
  script.src = new URL(data.file, new URL(".", window.location.href)).href;
  document.head.append(script);
}
