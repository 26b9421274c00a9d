// Writes into the text as a hand would: the browser's undo takes it back, and the caret is where it was looked for.

// Puts words in the place of others. execCommand is old, and nothing else that a script can do is undone by Ctrl+Z.
function replace(from, to, words) {
  if (from === to && !words) return;
  text.focus({ preventScroll: true });
  text.setSelectionRange(from, to);
  if (words ? document.execCommand("insertText", false, words) : document.execCommand("delete")) return;
  text.setRangeText(words, from, to, "end");
  text.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

// Does the same somewhere else in the text, behind the back of who is writing.
function replaceAside(from, to, words) {
  const { selectionStart, selectionEnd, scrollTop } = text;
  const { activeElement } = document;
  const moved = (place) => (place <= from ? place : Math.max(place, to) + words.length - (to - from));
  replace(from, to, words);
  text.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  text.scrollTop = scrollTop;
  if (activeElement !== text) activeElement.focus({ preventScroll: true });
}

// Finds words in the text and puts others in their place. Whether they were there.
function exchange(words, others) {
  const from = text.value.indexOf(words);
  if (from >= 0) replaceAside(from, from + words.length, others);
  return from >= 0;
}

// What is chosen, without the white space at its ends: marks that touch it would be no marks.
function chosen() {
  const { selectionStart, selectionEnd, value } = text;
  const words = value.slice(selectionStart, selectionEnd);
  const from = selectionStart + words.length - words.trimStart().length;
  const core = words.trim();
  return core ? { from, to: from + core.length, words: core } : { from: selectionStart, to: selectionEnd, words };
}

// The whole lines that what is chosen stands in.
function lines() {
  const { selectionStart, selectionEnd, value } = text;
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  const to = end < 0 ? value.length : end;
  return { from, to, words: value.slice(from, to) };
}
