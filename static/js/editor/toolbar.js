// The toolbar: one stop for the keyboard, whose arrows go from button to button. Each button has a key in the text.

const bar = document.getElementById("editor-toolbar");
const buttons = [...bar.querySelectorAll("button")];
const keys = document.getElementById("editor-keys");
const isApple = /Mac|iP(hone|ad|od)/.test(navigator.platform);
const STEPS = { ArrowRight: (at) => at + 1, ArrowLeft: (at) => at - 1, Home: () => 0, End: () => -1 };
const MIRRORED = { ArrowRight: "ArrowLeft", ArrowLeft: "ArrowRight" };
const BY_PLACE = { Period: "." }; // where the keyboard writes something else with Shift
const ANYWHERE = ["save", "room"]; // the others are about the text
const keyed = { S: "save", ...Object.fromEntries(buttons.map(({ dataset }) => [dataset.keys, dataset.deed])) };

bar.hidden = false;
deeds.keys = () => keys.showModal();
keys.querySelector("[data-close]").addEventListener("click", () => keys.close());
stopAt(buttons[0]);
if (isApple) translate();

bar.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  stopAt(button);
  deeds[button.dataset.deed]?.();
});

bar.addEventListener("keydown", (event) => {
  const isMirrored = getComputedStyle(bar).direction === "rtl";
  const step = STEPS[(isMirrored && MIRRORED[event.key]) || event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const seen = buttons.filter((button) => button.checkVisibility());
  const next = seen.at(step(seen.indexOf(event.target)) % seen.length);
  stopAt(next);
  next.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing || keys.open) return;
  if (!(isApple ? event.metaKey : event.ctrlKey)) return;
  const deed = keyed[name(event)];
  if (!deed || (event.target !== text && !ANYWHERE.includes(deed))) return;
  event.preventDefault();
  if (!event.repeat) deeds[deed]();
});

function stopAt(button) {
  for (const each of buttons) each.tabIndex = each === button ? 0 : -1;
}

// What a key is called, with Shift; by its place, where the keyboard writes other letters.
function name({ key, code, shiftKey }) {
  const isNamed = /^[a-z/]$/i.test(key) && !code.startsWith("Digit");
  const called = isNamed ? key.toUpperCase() : (BY_PLACE[code] ?? code.replace(/^(Key|Digit)/, ""));
  return shiftKey ? `Shift+${called}` : called;
}

function translate() {
  for (const button of buttons) {
    button.title = button.title.replace("Ctrl", "⌘");
    button.ariaKeyShortcuts = button.getAttribute("aria-keyshortcuts")?.replace("Control", "Meta");
  }
  for (const key of keys.querySelectorAll("kbd")) key.textContent = key.textContent.replace("Ctrl", "⌘");
}
