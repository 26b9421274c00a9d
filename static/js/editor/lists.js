// Return in a list or a quotation goes on with it; on a line that has only the mark, it ends there.

const MARK = /^(\s*)(?:([-*+])( \[[ xX]\])?|(\d{1,9})([.)])|(>(?: ?>)*))( +)/;

text.addEventListener("beforeinput", (event) => {
  if (event.inputType !== "insertLineBreak" || event.isComposing) return;
  const { selectionStart: at, selectionEnd, value } = text;
  const from = value.lastIndexOf("\n", at - 1) + 1;
  const line = value.slice(from, at);
  const found = line.match(MARK);
  if (!found || at !== selectionEnd) return;
  event.preventDefault();
  if (line === found[0]) replace(from, at, "");
  else replace(at, at, `\n${next(found)}`);
});

function next([, indent, bullet, box, number, dot, quote, gap]) {
  const mark = quote ?? (bullet ? bullet + (box ? " [ ]" : "") : `${Number(number) + 1}${dot}`);
  return indent + mark + gap;
}
