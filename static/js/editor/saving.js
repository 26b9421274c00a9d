// Saves what is typed: in this browser with each key, and on the server soon after. Nobody has to press a button.

const PAUSE = 700; // milliseconds without a key: a breath
const LONGEST = 1400; // for who never pauses: with the way to the server, two seconds are the most that is lost
const AGAIN = [2, 4, 8, 15, 30]; // seconds until the next try, while it fails
const PATIENCE = 10000; // milliseconds, then it is tried again
const LAST_WORDS = 60000; // bytes: a browser sends 64 KiB for a page that is gone (Fetch standard, 4.6)
const GIVEN_UP = 3000; // milliseconds that a pressed button waits for what is on its way

const words = () => JSON.stringify(filled());
let saved = "unsaved" in sheet.dataset ? "" : words(); // what the server has
let kept = true; // whether this browser has the rest
let timer;
let since; // when the first key was pressed that is not saved
let sending; // what is on its way
let tries = 0;
let leaving = false;

sheet.autocomplete = "off"; // or a browser that reloads fills in what it remembers, on top of what is newer
sheet.addEventListener("input", typed);
sheet.addEventListener("change", typed);
document.addEventListener("visibilitychange", () => (document.hidden ? hurry() : tries && soon()));
addEventListener("pagehide", hurry);
addEventListener("online", () => soon());
addEventListener("beforeunload", (event) => {
  if (!leaving && !kept && words() !== saved) event.preventDefault();
});
deeds.save = () => (words() === saved ? tell(line.textContent) : soon());
if (!saved) typed();

function typed() {
  const fields = filled();
  if (JSON.stringify(fields) === saved) return dropCopy();
  kept = keepCopy(fields);
  since ??= Date.now();
  if (!tries) soon(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
}

function soon(wait = 0) {
  clearTimeout(timer);
  timer = setTimeout(() => (sending ? soon(PAUSE) : save()), wait);
}

// The page may go away: nothing waits, not even for an answer.
function hurry() {
  clearTimeout(timer);
  if (sending?.words !== words()) save();
}

async function save() {
  if (leaving || words() === saved) return;
  const mine = { words: words() };
  since = undefined;
  sending = mine;
  mine.answer = send(mine.words);
  const answer = await mine.answer;
  if (sending === mine) sending = undefined;
  if (!leaving) judge(answer, mine.words);
}

// Each sending has a number: what comes late is told by it.
function send(said) {
  const fields = { ...JSON.parse(said), ...stamp() };
  const keepalive = new Blob([said]).size < LAST_WORDS;
  return ask(sheet.dataset.autosave, fields, { keepalive, patience: PATIENCE });
}

function stamp() {
  const { base, turn } = sheet.elements;
  turn.value = Number(turn.value) + 1;
  return { base: base.value, sitting: sitting(), turn: turn.value };
}

function judge(answer, said) {
  const { status, errors, conflict, csrf_token: token } = answer;
  if (status === 200 || status === 201) done(answer, said);
  else if (status === 409) setAside(conflict, said);
  else if (status === 422) tellState("refused", { detail: Object.values(errors ?? {}).flat().join(" ") });
  else if (status === 413) tellState("long");
  else if (status === 403 && token) tryAgain(0);
  else if (status === 401) signedOut(answer.sign_in);
  else fail(status);
}

function done({ version, saved_at: at, ...address }, said) {
  const { base } = sheet.elements;
  tries = 0;
  saved = said;
  base.value = Math.max(base.value, version);
  dropCopy();
  if (!sheet.dataset.post) settle(address);
  if (words() !== saved) typed();
  tellState("saved", { detail: clock(at) });
}

// Another sheet was faster. What is typed here is kept aside, and goes on being kept there.
function setAside(conflict, said) {
  tries = 0;
  saved = said;
  tellState("conflict", { address: conflict });
}

function signedOut(address) {
  tellState("signedOut", { address });
  tryAgain();
}

function fail(status) {
  if (kept) tellState(status ? "failed" : "lost", { detail: status });
  else tellState("nowhere");
  tryAgain();
}

function tryAgain(seconds = AGAIN[Math.min(tries, AGAIN.length - 1)]) {
  soon(seconds * 1000);
  tries += 1;
}

// A new post has a number and an address now, and can be published.
async function settle({ id, edit, autosave }) {
  Object.assign(sheet.dataset, { post: id, autosave });
  sheet.action = edit;
  history.replaceState(null, "", edit);
  const page = await look(edit);
  for (const place of document.querySelectorAll("[data-of-the-post]")) {
    const fresh = page?.getElementById(place.id);
    if (fresh) place.replaceWith(fresh);
  }
}

sheet.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (sending) {
    event.preventDefault();
    return afterwards(event.submitter);
  }
  keepCopy(filled());
  stamp();
  leaving = true;
});

async function afterwards(submitter) {
  await Promise.race([sending.answer, new Promise((resolve) => setTimeout(resolve, GIVEN_UP))]);
  sending = undefined;
  sheet.requestSubmit(submitter?.isConnected ? submitter : null);
}
