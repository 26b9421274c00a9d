// Pictures that are dropped, pasted or chosen go into the library, and their Markdown into the text. What is to be seen is asked for.

const PATIENCE = 300000; // milliseconds: 20 MB over a slow line
const chooser = document.getElementById("editor-files");
const list = document.getElementById("editor-pictures");
const blank = document.getElementById("editor-picture").content;
const MEANS_SOMETHING = /[\\\x60*_[\]<>&~|]/g; // as text.py says it
const markdown = (alt, address) => `![${alt.replace(/\s+/g, " ").trim().replace(MEANS_SOMETHING, "\\$&")}](${address})`;
const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
let number = 0;
let waiting = 0;
let turn = Promise.resolve(); // the server takes one after the other

deeds.image = () => chooser.click();
chooser.addEventListener("change", () => {
  take([...chooser.files]);
  chooser.value = "";
  list.lastElementChild?.querySelector("input").focus();
});
text.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData;
  if (!files.length || types.includes("text/plain")) return; // words from an office come with a picture of them
  event.preventDefault();
  take([...files]);
});
document.addEventListener("dragover", (event) => {
  if (hasFiles(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault(); // or the browser would leave the page for the file
  const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  if (caret?.offsetNode === text) text.setSelectionRange(caret.offset, caret.offset);
  take([...event.dataTransfer.files]);
});
addEventListener("beforeunload", (event) => {
  if (waiting) event.preventDefault();
});

function take(files) {
  const { from, to, words } = chosen();
  const places = files.map(({ name }) => `![${say.uploading.replace("{}", name)} ${(number += 1)}]()`);
  const { value } = text;
  const gap = (beside) => (beside.trim() ? "\n\n" : "");
  const [head] = value.slice(0, from).split("\n").slice(-1);
  const [tail] = value.slice(to).split("\n");
  const inLine = words && files.length === 1;
  replace(from, to, inLine ? places[0] : gap(head) + places.join("\n\n") + gap(tail));
  for (const [index, file] of files.entries()) upload(file, places[index], words.includes("\n") ? "" : words);
}

async function upload(file, place, alt) {
  const row = blank.cloneNode(true).firstElementChild;
  const [name, input] = [row.querySelector("b"), row.querySelector("input")];
  name.textContent = file.name;
  input.value = alt;
  list.append(row);
  row.querySelector("button").addEventListener("click", () => close(row));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // it would send the sheet
    close(row);
  });
  waiting += 1;
  const mine = turn.then(() => ask(editor.dataset.media, { file, alt: input.value }, { patience: PATIENCE }));
  turn = mine;
  const answer = await mine;
  waiting -= 1;
  if (answer.address) hang(answer, place, row);
  else refuse(answer, place, row);
}

// What is typed as its description stands in the text when the field is left, and in the library if it had none.
function hang({ address, alt, description }, place, row) {
  const input = row.querySelector("input");
  const describe = () => alt || ask(description, { alt: input.value }, { redirect: "manual" });
  let stands = markdown((input.value ||= alt), address);
  const where = exchange(place, stands) ? say.uploaded : say.unplaced;
  row.querySelector("[data-state]").textContent = where;
  tell(`${row.querySelector("b").textContent}: ${where}`);
  input.addEventListener("change", () => {
    const stood = stands;
    stands = markdown(input.value, address);
    if (stands !== stood) exchange(stood, stands);
    describe();
  });
  if (input.value) describe();
  if (input.value && document.activeElement !== input) close(row);
}

function refuse({ status, error }, place, row) {
  exchange(place, "");
  const why = error ?? ([401, 403].includes(status) ? say.signedOut.split("|")[0] : say.notUploaded);
  list.append(row); // also where it was closed before
  row.classList.add("field-wrong");
  row.querySelector("label").remove();
  row.querySelector("[data-state]").textContent = why;
  tell(`${row.querySelector("b").textContent}: ${why}`);
}

function close(row) {
  if (row.contains(document.activeElement)) text.focus();
  row.remove();
}
