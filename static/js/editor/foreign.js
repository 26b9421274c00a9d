// Pictures of other sites become links when the text is published. Says which, and offers to fetch them.

const notice = document.getElementById("editor-foreign");
const blank = document.getElementById("editor-foreign-picture").content;
const list = notice.querySelector("ul");
const ENDS = "(?=[\\s)<>\"'\\]]|$)"; // or it is the beginning of another address
const rows = new Map(); // by address

document.addEventListener("rendered", ({ detail }) => {
  const foreign = new Set(detail.foreign_images);
  for (const [address, row] of rows) {
    if (!foreign.has(address)) remove(address, row);
  }
  for (const address of foreign) if (!rows.has(address)) add(address);
  notice.hidden = !rows.size;
});

function add(address) {
  const row = blank.cloneNode(true).firstElementChild;
  row.querySelector("code").textContent = address;
  row.querySelector("button").addEventListener("click", () => fetchIn(address, row));
  rows.set(address, row);
  list.append(row);
}

function remove(address, row) {
  if (row.contains(document.activeElement)) text.focus();
  row.remove();
  rows.delete(address);
}

async function fetchIn(address, row) {
  const [button, state] = [row.querySelector("button"), row.querySelector("[role=status]")];
  button.disabled = true;
  state.textContent = say.fetching;
  const { address: ours, error, markdown } = await ask(editor.dataset.fetched, { address });
  button.disabled = false;
  if (!ours) return (state.textContent = error ?? say.notFetched);
  state.textContent = move(address, ours) ? say.fetched : `${say.unplaced} ${markdown}`;
}

// Puts our address wherever the other one stands. Whether it stood anywhere.
function move(address, ours) {
  const found = new RegExp(address.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + ENDS);
  let at = text.value.search(found);
  const isThere = at >= 0;
  for (; at >= 0; at = text.value.search(found)) replaceAside(at, at + address.length, ours);
  return isThere;
}
