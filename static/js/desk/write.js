// Opens the form of an answer or an edit below the comment, and sends it there. What was typed stays until it is sent.

const opened = new Map(); // by the address that leads to it
const PANEL = ".queued .panel";

list.addEventListener("click", (event) => {
  const link = event.target.closest("[data-in-place]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});

async function open(link) {
  const panel = opened.get(link.href) ?? (await fetched(link));
  if (!panel) return location.assign(link.href);
  document.querySelector(PANEL)?.remove();
  opened.set(link.href, panel);
  show(panel, rowOf(link));
}

async function fetched({ href, hash }) {
  const answer = await fetch(href).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(hash);
}

function show(panel, row) {
  row.querySelector(".queued-main").append(panel);
  (panel.querySelector("[aria-invalid=true]") ?? panel.querySelector("textarea")).focus();
  panel.scrollIntoView({ block: "center" });
}

function close(panel) {
  const row = rowOf(panel);
  panel.remove();
  if (row) enter(row);
}

list.addEventListener("keydown", (event) => {
  const panel = event.target.closest(PANEL);
  if (event.key !== "Escape" || !panel) return;
  event.preventDefault();
  close(panel);
});

document.addEventListener("submit", (event) => {
  const panel = event.target.closest(PANEL);
  if (!panel) return;
  event.preventDefault();
  write(event.target, panel, rowOf(panel));
});

async function write(form, panel, row) {
  if (form.ariaBusy) return; // a double click
  form.ariaBusy = "true";
  const data = new FormData(form);
  data.set("view", batch.elements.view.value);
  try {
    const [fresh] = await inTurn(() => send(form.action, data));
    forget(panel);
    if (fresh) enter(fresh);
    else take([row]);
  } catch (page) {
    refuse(page, panel, row);
  }
  form.ariaBusy = null;
}

// The form again, with what is wrong at its fields; where nothing came, as it was.
function refuse(page, panel, row) {
  const fresh = page?.getElementById?.(panel.id);
  complain(reason(page), fresh ? [] : [row]);
  if (!fresh) return;
  const [href] = [...opened].find(([, each]) => each === panel);
  panel.replaceWith(fresh);
  opened.set(href, fresh);
  show(fresh, row);
}

function forget(panel) {
  for (const [href, each] of opened) if (each === panel) opened.delete(href);
}

addEventListener("beforeunload", (event) => {
  const fields = [...opened.values()].flatMap((panel) => [...panel.querySelectorAll("textarea")]);
  if (fields.some(({ value, defaultValue }) => value !== defaultValue)) event.preventDefault();
});
