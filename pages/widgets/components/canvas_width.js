// Reports how wide the canvas can be, and again when its column's width changes what the canvas has to be.

const STEP_PX = 10;
const SCROLL_BAR_PX = 16; // may come and go
const MIN_GAIN_PX = 50; // a canvas that fits is not made wider for less
const RETRY_MS = 1000; // what is reported while the server is busy may be lost

function reportWidth(state) {
  const { host, canvasPx, maxPx } = state;
  const columnPx = host.getBoundingClientRect().width;
  const scrollBarPx = matchMedia("(hover: none)").matches ? 0 : SCROLL_BAR_PX;
  const widthPx = Math.min(Math.floor((columnPx - scrollBarPx) / STEP_PX) * STEP_PX, maxPx);
  const fits = canvasPx && canvasPx <= columnPx && widthPx - canvasPx < MIN_GAIN_PX;
  clearTimeout(state.retry);
  if (!host.isConnected || columnPx === 0 || fits) return;
  state.setStateValue("px", widthPx);
  state.retry = setTimeout(() => reportWidth(state), RETRY_MS);
}

export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement.host ?? parentElement;
  host.canvasWidth ??= {};
  const state = host.canvasWidth;
  Object.assign(state, { host, canvasPx: data.canvas_px, maxPx: data.max_px, setStateValue });
  reportWidth(state);
  if (state.observer) return;
  state.observer = new ResizeObserver(() => reportWidth(state));
  state.observer.observe(host);
}
