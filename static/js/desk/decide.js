// Decides at once: what is decided leaves the page, and comes back with the reason if the server will not have it.

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const chosen = form === batch ? ticked() : rowOf(form) ? [rowOf(form)] : [];
  if (!form.matches(".batch, .decision")) return;
  event.preventDefault();
  const data = new FormData(form, submitter);
  const address = submitter?.getAttribute("formaction") ?? form.action;
  inTurn(() => send(address, data)).catch((page) => giveBack(chosen, reason(page)));
  if (chosen.length) take(chosen);
});

function ticked() {
  return rows().filter((row) => row.querySelector("[name=comment]").checked);
}

function giveBack(chosen, why) {
  for (const row of chosen.toReversed()) put(row);
  complain(why, chosen);
  if (document.activeElement === nothing || document.activeElement === document.body) enter(chosen[0]);
}
