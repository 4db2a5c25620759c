// Say what to do while the page cannot be used, and keep the newest message in sight.
const CHECK_INTERVAL = 1500; // milliseconds between checks that the sandbox still runs
const BOTTOM_MARGIN = 80; // pixels from the end of the list that still count as its end
const SCROLL_WINDOW = 500; // milliseconds after an input in which a scroll is the reader's own

const NO_SECRET = {
  title: "This address has no key",
  text: "Open the whole address that the terminal prints. It ends with a # and a long key. "
    + "Run “outcrop sandbox” once more to print it again.",
};
const WRONG_SECRET = {
  title: "This address has an old key",
  text: "The sandbox was reset, or another one is running. Open the address that the terminal prints. "
    + "Run “outcrop sandbox” once more to print it again.",
};
const STOPPED = {
  title: "The sandbox has stopped",
  text: "Start it again with “make run” or “outcrop sandbox”. This page then continues by itself.",
};

const notice = document.createElement("section");
notice.id = "sandbox-notice";
notice.setAttribute("role", "alert");
notice.hidden = true;
document.body.append(notice);

function show({ title, text }) {
  const heading = Object.assign(document.createElement("h1"), { textContent: title });
  const paragraph = Object.assign(document.createElement("p"), { textContent: text });
  notice.replaceChildren(heading, paragraph);
  notice.hidden = false;
}

/** Return the status of a request that only an authorised page gets past 401; 0 without an answer. */
async function status() {
  const secret = window.location.hash.slice(1);
  try {
    return (await fetch("/api/state", { headers: { "X-Simcord-Capability": secret }, cache: "no-store" })).status;
  } catch {
    return 0;
  }
}

let failures = 0;
async function check() {
  const code = window.location.hash.length > 1 ? await status() : 401;
  failures = code === 0 ? failures + 1 : 0;
  if (code === 401) show(window.location.hash.length > 1 ? WRONG_SECRET : NO_SECRET);
  else if (failures > 1) show(STOPPED);
  else if (code !== 0 && !notice.hidden) window.location.reload();
  window.setTimeout(check, CHECK_INTERVAL);
}
check();

const timeline = document.getElementById("channel-timeline");
let follows = true;
let lastInput = 0;

function scrollToEnd() {
  if (follows) timeline.scrollTop = timeline.scrollHeight;
}

for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  timeline.addEventListener(kind, () => { lastInput = Date.now(); }, { passive: true });
}
timeline.addEventListener("scroll", () => {
  const below = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight;
  if (Date.now() - lastInput < SCROLL_WINDOW) follows = below < BOTTOM_MARGIN;
  else scrollToEnd();
}, { passive: true });
document.getElementById("message-picker").addEventListener("click", () => { follows = false; });
for (const id of ["channel-composer", "new-messages"]) {
  for (const kind of ["submit", "click"]) {
    document.getElementById(id).addEventListener(kind, () => { follows = true; });
  }
}
new ResizeObserver(scrollToEnd).observe(document.getElementById("channel-message-list"));
