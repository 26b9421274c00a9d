// Writing that fills the screen. Escape leads back, and so does the browser when it leaves its own full screen.

const toggle = document.querySelector("[data-deed=room]");
let others = []; // what the keyboard must not reach meanwhile

deeds.room = () => (editor.classList.contains("editor-full") ? leave() : enter());

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) leave();
});
document.addEventListener("fullscreenchange", () => document.fullscreenElement || leave());

function enter() {
  const { selectionStart, selectionEnd } = text;
  others = around(editor).filter((element) => !element.inert);
  for (const element of others) element.inert = true;
  set(true);
  document.documentElement.requestFullscreen?.().catch(() => {}); // a telephone may have none: the window is filled
  text.focus();
  text.setSelectionRange(selectionStart, selectionEnd);
}

function leave() {
  if (!editor.classList.contains("editor-full")) return;
  for (const element of others) element.inert = false;
  set(false);
  if (document.fullscreenElement) document.exitFullscreen();
  text.focus();
}

function set(isFull) {
  editor.classList.toggle("editor-full", isFull);
  document.documentElement.classList.toggle("is-covered", isFull);
  toggle.ariaPressed = String(isFull);
}

// Everything on the page that does not hold this element.
function around(element) {
  const found = [];
  for (let at = element; at !== document.body; at = at.parentElement) {
    found.push(...[...at.parentElement.children].filter((child) => child !== at && child.tagName !== "SCRIPT"));
  }
  return found;
}
