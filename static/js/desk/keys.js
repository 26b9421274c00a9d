// The keys: each presses what stands on the page with its name (aria-keyshortcuts), in the row that has the keyboard.

const PLACE = "afterword.keys";
const TYPING = "textarea, select, input:not([type=checkbox]), [contenteditable]";
const dialog = document.getElementById("keys");
const on = document.getElementById("keys-on");
const help = document.getElementById("show-keys");
const STEPS = { j: 1, k: -1 };

on.checked = browser.read(PLACE, { on: true }).on;
on.addEventListener("change", () => browser.write(PLACE, on.checked ? undefined : { on: false }));
help.addEventListener("click", () => dialog.showModal());

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (!on.checked || dialog.open || event.target.closest(TYPING)) return;
  const key = name(event);
  if (STEPS[key]) step(STEPS[key]);
  else if (event.repeat || !press(key)) return;
  event.preventDefault();
});

// What a key is called; by its place, where the keyboard writes other letters.
function name({ key, code, shiftKey }) {
  if (key === "?") return key;
  const letter = /^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "");
  return shiftKey ? `Shift+${letter.toUpperCase()}` : letter.toLowerCase();
}

function press(key) {
  const named = (place) => place?.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]:enabled, a[aria-keyshortcuts="${CSS.escape(key)}"]`);
  const found = named(rowOf(document.activeElement)) ?? [batch, document.getElementById("hand")].map(named).find(Boolean);
  found?.click();
  return found;
}

async function step(by) {
  const at = rows().indexOf(rowOf(document.activeElement) ?? last);
  const next = rows()[at < 0 ? 0 : at + by];
  if (next) return enter(next);
  await more();
  if (by > 0 && rows()[at + 1]) enter(rows()[at + 1]);
}
