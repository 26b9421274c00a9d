// The text as it will be published, beside it: made by the server after each pause, and never an older one over a newer.

const PAUSE = 150; // milliseconds; between the letters of a word it is less
const UNHEARD = 4000; // milliseconds without a key, until the count is said aloud
const pane = document.getElementById("editor-preview");
const page = pane.querySelector(".prose");
const counts = document.getElementById("editor-counts");
const toggle = document.querySelector("[data-deed=preview]");
const wide = matchMedia("(width >= 60rem)");
const reach = (box) => box.scrollHeight - box.clientHeight;
let shown = wide.matches;
let pause;
let spoken;
let asking; // what can be called off
let rendered; // the text that is shown
let leading = text; // under whose hand the other one scrolls

document.querySelector("section.preview")?.remove();
document.getElementById("editor-state").hidden = false;
editor.classList.add("editor-at-work");
deeds.preview = () => show(!shown);
wide.addEventListener("change", () => show(wide.matches));
text.addEventListener("input", () => {
  clearTimeout(pause);
  clearTimeout(spoken);
  pause = setTimeout(render, PAUSE);
});
show(shown);
render();

function show(isShown) {
  shown = isShown;
  editor.classList.toggle("editor-previews", shown);
  pane.hidden = !shown;
  toggle.ariaPressed = String(shown);
  if (shown) follow();
}

async function render() {
  asking?.abort();
  if (text.value === rendered) return;
  const mine = (asking = new AbortController());
  const source = text.value;
  const answer = await ask(editor.dataset.rendering, { body: source }, { signal: mine.signal });
  if (asking !== mine || answer.status !== 200) return;
  rendered = source;
  put(answer.html);
  count(answer);
  document.dispatchEvent(new CustomEvent("rendered", { detail: answer }));
}

// HTML that text.py made, and nobody else.
function put(html) {
  const made = new DOMParser().parseFromString(html, "text/html").body;
  page.replaceChildren(...made.childNodes);
  follow();
}

function count({ words, minutes }) {
  const said = words ? `${plural("words", words)}, ${plural("minutes", minutes)}` : say.empty;
  if (counts.textContent === said) return;
  counts.textContent = said;
  spoken = setTimeout(() => tell(said), UNHEARD);
}

function plural(what, number) {
  const form = number === 1 ? `${what}One` : `${what}Many`;
  return say[form].replace("0", number.toLocaleString(document.documentElement.lang));
}

// Where the text is scrolled to, the preview is; and the other way round.

function follow() {
  const other = leading === text ? pane : text;
  if (reach(leading) > 0) other.scrollTop = (leading.scrollTop / reach(leading)) * reach(other);
}

for (const box of [text, pane]) {
  for (const kind of ["pointerenter", "focus", "touchstart"]) {
    box.addEventListener(kind, () => (leading = box), { passive: true });
  }
  box.addEventListener("scroll", () => box === leading && follow(), { passive: true });
}
text.addEventListener("input", () => (leading = text));
