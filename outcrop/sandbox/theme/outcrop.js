// Keep the newest message in sight, unless the reader went elsewhere.
const NEARLY = 80; // pixels from the end that count as being there
const A_MOMENT = 500; // milliseconds in which a scroll is the reader's own

const timeline = document.getElementById("channel-timeline");
let follows = true;
let touched = 0;

function toTheEnd() {
  if (follows) timeline.scrollTop = timeline.scrollHeight;
}

for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  timeline.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}
timeline.addEventListener("scroll", () => {
  const below = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight;
  if (Date.now() - touched < A_MOMENT) follows = below < NEARLY;
  else toTheEnd();
}, { passive: true });
document.getElementById("message-picker").addEventListener("click", () => { follows = false; });
for (const id of ["channel-composer", "new-messages"]) {
  for (const kind of ["submit", "click"]) {
    document.getElementById(id).addEventListener(kind, () => { follows = true; });
  }
}
new ResizeObserver(toTheEnd).observe(document.getElementById("channel-message-list"));
