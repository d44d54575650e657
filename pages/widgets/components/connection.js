// Greys the page and says so while its server does not answer.
//
// Streamlit writes on its root element whether it is connected. What is said stands beside that element, for everything
// in it is greyed.

const STATE = "data-test-connection-state";
const CONNECTED = "CONNECTED";
const PATIENCE_MS = 1500; // a connection that is soon back is not spoken of

function createNotice() {
  const notice = document.createElement("div");
  notice.className = "connection-notice";
  notice.setAttribute("role", "alert");
  document.body.append(notice);
  return notice;
}

// Return the notice, in the colours and the font of the page as it is now.
function fillNotice(app, { title, text }) {
  const notice = document.querySelector(".connection-notice") ?? createNotice();
  const { backgroundColor, color, fontFamily } = getComputedStyle(app);
  Object.assign(notice.style, { backgroundColor, color, fontFamily });
  const strong = document.createElement("strong");
  strong.textContent = title;
  notice.replaceChildren(strong, text);
}

function update(app, watch) {
  const isAway = app.getAttribute(STATE) !== CONNECTED;
  if (!isAway) {
    clearTimeout(watch.timer);
    watch.timer = null;
    document.body.classList.remove("server-away");
    document.querySelector(".connection-notice")?.replaceChildren();
    return;
  }
  watch.timer ??= setTimeout(() => {
    fillNotice(app, watch.data);
    document.body.classList.add("server-away");
  }, PATIENCE_MS);
}

export default function ({ data }) {
  const app = document.querySelector(`[${STATE}]`);
  if (!app) return;
  app.connectionWatch ??= {};
  const watch = app.connectionWatch;
  watch.data = data;
  if (watch.observer) return;
  watch.observer = new MutationObserver(() => update(app, watch));
  watch.observer.observe(app, { attributes: true, attributeFilter: [STATE] });
  update(app, watch);
  // A page that a browser has kept, and shows when its person goes back to it, is from before a sign-out, perhaps.
  addEventListener("pageshow", (event) => event.persisted && watch.data.asksAgain && location.reload());
}
