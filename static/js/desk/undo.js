// Takes back what was done last, and what was done before that, as long as this page is open.

const button = document.getElementById("undo-last");
const undos = [];

// Keeps the form of the notice that stands there now.
function remember() {
  const form = notices().querySelector("form:has(button)");
  if (form) undos.push(form.cloneNode(true));
  button.disabled = !undos.length;
}

function undo() {
  inTurn(async () => {
    const form = undos.pop();
    button.disabled = !undos.length;
    if (!form) return;
    try {
      const [row] = await send(form.action, new FormData(form));
      if (row) enter(row);
    } catch (page) {
      undos.push(form);
      button.disabled = false;
      complain(reason(page));
    }
  });
}

button.addEventListener("click", undo);
document.addEventListener("submit", (event) => {
  if (!notices().contains(event.target)) return;
  event.preventDefault();
  undo();
});
remember();
document.getElementById("hand").hidden = false;
