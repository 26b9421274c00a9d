// Offers what an earlier sheet of this post has left in this browser, and shows what differs. Nothing is put in silently.

const notice = document.getElementById("editor-left");
const changes = notice.querySelector(".difference-text");
const folded = (value) => (value ?? "").replace(/\s+/g, " ").trim();
const asASet = (tags) => folded(tags).toLowerCase().split(/ ?, ?/).filter(Boolean).sort().join();
let offered;

notice.querySelector("[data-use]").addEventListener("click", () => {
  fill(offered.fields);
  decide();
});
notice.querySelector("[data-drop]").addEventListener("click", decide);
forgetWhatBecameThis();
offer();

// A button may be quicker than the first saving: then the copy of a new post knows no number yet.
function forgetWhatBecameThis() {
  if (postOf() === NEW) return;
  for (const { whose, fields } of copiesOf(NEW)) if (!differing(fields).length) dropCopy(whose, NEW);
}

async function offer() {
  offered = undefined;
  for (const copy of await leftCopies()) {
    if (!offered && differing(copy.fields).length) offered = copy;
    else if (!offered) dropCopy(copy.whose);
  }
  if (!offered) return;
  await compare(offered.fields);
  notice.querySelector("[data-when]").textContent = dayAndClock(offered.at);
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
}

function dayAndClock(at) {
  return new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

function decide() {
  dropCopy(offered.whose);
  notice.hidden = true;
  text.focus();
  offer();
}

// The names of the fields in which a copy and the sheet differ. An address that is left open is made from the title.
function differing(fields) {
  const now = filled();
  return Object.keys({ ...now, ...fields }).filter((name) => {
    if (name === "slug" && !fields.slug) return false;
    const of = name === "tags" ? asASet : folded;
    return of(fields[name]) !== of(now[name]);
  });
}

async function compare(fields) {
  const names = differing(fields);
  const [one, other] = [filled(), fields].map((each) => names.map((name) => said(name, each[name] ?? "")).join("\n\n"));
  const { html, status } = await ask(editor.dataset.comparison, { one, other });
  if (status === 200) return changes.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  changes.textContent = other;
}

function said(name, value) {
  const label = document.querySelector(`label[for="${CSS.escape(name)}"], #${CSS.escape(name)} > legend`);
  return name === "body" ? value : `${label?.firstChild.textContent.trim() ?? name}: ${value}`;
}
