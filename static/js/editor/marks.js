// What the buttons of the toolbar write: Markdown around what is chosen, or before its lines. Pressed again, it goes.

const TICK = "\x60";
const FENCE = TICK.repeat(3);
const ADDRESS = /^(https?:\/\/|\/|mailto:)\S+$/;

// Marks around words: **bold**, _italic_, code.
function around(mark) {
  const { from, to, words } = chosen();
  const [start, end] = [from - mark.length, to + mark.length];
  const isMarked = text.value.slice(start, from) === mark && text.value.slice(to, end) === mark;
  replace(isMarked ? start : from, isMarked ? end : to, isMarked ? words : mark + words + mark);
  const at = isMarked ? start : from + mark.length;
  text.setSelectionRange(at, at + words.length);
}

// A mark before each line: "> ", "- ", "## ". Those that `others` finds make room for it.
function before(mark, others = /^/) {
  const { from, to, words } = lines();
  const all = words.split("\n");
  const areMarked = all.every((line) => line.startsWith(mark));
  const marked = all.map((line) => (areMarked ? line.slice(mark.length) : mark + line.replace(others, "")));
  const fresh = marked.join("\n");
  replace(from, to, fresh);
  text.setSelectionRange(all.length > 1 ? from : from + fresh.length, from + fresh.length);
}

function code() {
  const { words } = chosen();
  if (!words.includes("\n")) return around(TICK);
  const { from, to, words: block } = lines();
  replace(from, to, [FENCE, block, FENCE].join("\n"));
  text.setSelectionRange(from + FENCE.length, from + FENCE.length); // where its language is named
}

function link() {
  const { from, to, words } = chosen();
  const isAddress = ADDRESS.test(words);
  const [label, address] = isAddress ? ["", words] : [words, "https://"];
  replace(from, to, `[${label}](${address})`);
  const at = from + label.length + 3;
  if (isAddress || !label) text.setSelectionRange(from + 1, from + 1);
  else text.setSelectionRange(at, at + address.length);
}

// The mark where the caret is, and the note at the end, where its words are typed.
function footnote() {
  const numbers = Array.from(text.value.matchAll(/\[\^(\d+)\]/g), ([, number]) => Number(number));
  const mark = `[^${Math.max(0, ...numbers) + 1}]`;
  const { to } = chosen();
  replace(to, to, mark);
  const end = text.value.trimEnd().length;
  const gap = /\n\[\^\d+\]:[^\n]*$/.test(text.value.slice(0, end)) ? "\n" : "\n\n";
  replace(end, text.value.length, `${gap}${mark}: `);
}

const deeds = {
  bold: () => around("**"),
  italic: () => around("_"),
  heading: () => before("## ", /^#{1,6} /),
  quote: () => before("> "),
  list: () => before("- ", /^(?:[-*+]|\d+[.)]) /),
  code,
  link,
  footnote,
};
