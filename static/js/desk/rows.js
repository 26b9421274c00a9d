// The rows of the queue: where each stands, which one has the keyboard, and what comes when they run out.

const list = document.getElementById("queue");
const nothing = document.getElementById("nothing");
const batch = document.getElementById("batch");
const notices = () => document.getElementById("notices");
const FEW = 15; // with so many left, the next page is asked for

const rows = () => [...list.children];
const rowOf = (node) => node?.closest("#queue > li");
// Where each row stood, gone ones too: what comes back goes there.
const places = rows().map(({ id }) => id);
let last; // the row that had the keyboard
let asking;

list.addEventListener("focusin", ({ target }) => (last = rowOf(target)));

function enter(row) {
  const target = row ?? nothing;
  target.tabIndex = -1;
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}

// Takes rows off the page. If one of them had the keyboard, the next one gets it.
function take(gone) {
  const all = rows();
  const from = Math.max(...gone.map((row) => all.indexOf(row)));
  const left = (row) => !gone.includes(row);
  const next = all.slice(from).find(left) ?? all.slice(0, from).findLast(left);
  const is_left = gone.some((row) => row.contains(document.activeElement)) || batch.contains(document.activeElement);
  for (const row of gone) row.remove();
  settle();
  if (is_left) enter(next);
}

// Puts a row where it stood, or stands now; one that was never here comes first.
function put(row) {
  document.getElementById(row.id)?.remove();
  if (!places.includes(row.id)) places.unshift(row.id);
  const place = places.indexOf(row.id);
  list.insertBefore(row, rows().find(({ id }) => places.indexOf(id) > place) ?? null);
  settle();
}

function settle() {
  const none = !list.childElementCount;
  nothing.hidden = !none || Boolean(nextPage());
  batch.hidden = none;
  if (list.childElementCount <= FEW) more();
}

const nextPage = () => document.querySelector(".pager [rel=next]");

// Asks for the next page. Without one, whether anything has come meanwhile, once nothing is left.
function more() {
  if (nextPage() || !list.childElementCount) asking ??= ask(nextPage()).finally(() => (asking = undefined));
  return asking;
}

async function ask(link) {
  if (!link) await quiet();
  const answer = await fetch(link?.href ?? beginning()).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const came = [...page.querySelectorAll("#queue > li")].filter(({ id }) => !document.getElementById(id));
  const fresh = link ? came.filter(({ id }) => !places.includes(id)) : came;
  for (const row of fresh) {
    if (!places.includes(row.id)) places.push(row.id);
  }
  document.querySelector(".pager")?.replaceWith(page.querySelector(".pager") ?? "");
  const waits = !list.childElementCount && [nothing, document.body].includes(document.activeElement);
  for (const row of fresh) put(row);
  settle();
  if (waits) enter(rows()[0]);
}

function beginning() {
  const address = new URL(location);
  for (const name of ["before", "done"]) address.searchParams.delete(name);
  return address;
}
