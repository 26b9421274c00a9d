// Previews and sends a reply in place. Takes the pieces out of our usual pages; else it goes the usual way.

const status = document.getElementById("reply-status");
const section = () => document.getElementById("respond");
const tell = (what, detail) => document.dispatchEvent(new CustomEvent(what, { detail }));
const waits = () => document.getElementById("reply-waiting").content.firstElementChild;
const blank = section()?.cloneNode(true);
blank?.querySelector("form").reset();
let busy = false;

document.addEventListener("submit", async function submit(event) {
  const { target: form, submitter } = event;
  if (!section()?.contains(form)) return;
  event.preventDefault();
  if (busy) return; // a double click
  busy = true;
  status.textContent = status.dataset.busy;
  try {
    await send(form, submitter.getAttribute("formaction") ?? form.action);
  } catch {
    document.removeEventListener("submit", submit);
    form.requestSubmit(submitter);
  }
  busy = false;
});

async function ask(address, options) {
  const answer = await fetch(address, options);
  return [new DOMParser().parseFromString(await answer.text(), "text/html"), answer];
}

async function send(form, address) {
  const text = form.elements.body.value;
  const [page, { url, redirected }] = await ask(address, { method: "POST", body: new FormData(form) });
  if (!redirected) return giveBack(form, page.getElementById("respond"));
  const verdict = page.querySelector(".verdict"); // on a receipt; the staff are led to the thread
  const link = verdict?.querySelector("[href*='#comment-']");
  const [thread] = link ? await ask(link) : [page];
  const id = `comment-${url.match(/\/replies\/(\d+)-/)?.[1] ?? newest(thread)}`;
  const said = thread.getElementById(id);
  const item = said ? published(said, verdict && url) : waiting(page, url, id);
  const place = section().closest(".comment") ?? document.getElementById("comments");
  if (place) hang(item, place);
  count(thread);
  replace(form, blank.cloneNode(true), text);
  if (verdict) tell("reply-sent", { receipt: url, text });
  if (!place) return location.assign(url);
  item.focus();
  status.textContent = verdict?.textContent ?? status.dataset.done;
}

// The form again, with a preview or with what is wrong at its fields.
function giveBack(form, fresh) {
  replace(form, fresh);
  status.textContent = "";
  fresh.querySelector("[aria-invalid], .preview")?.focus();
}

// Puts another form there, with all that is typed by now, but for what was sent.
function replace(form, fresh, sent) {
  const { elements } = fresh.querySelector("form");
  for (const { name, type, value } of form.elements) {
    if (name && type !== "hidden") elements[name].value = name === "body" && value === sent ? "" : value;
  }
  section().replaceWith(fresh);
  tell("reply-form");
}

function newest(thread) {
  return Math.max(...Array.from(thread.querySelectorAll(".comment"), ({ id }) => id.match(/\d+/)));
}

// What its writer alone sees: the reply, and what the receipt says of it.
function waiting(receipt, url, id) {
  const item = waits().cloneNode(true);
  item.id = id;
  item.querySelector("a").replaceWith(leading(url));
  item.firstElementChild.prepend(...receipt.querySelectorAll(".verdict, .slip > *"));
  item.querySelector(".verdict").removeAttribute("role");
  return item;
}

// The link to the page about it.
function leading(url) {
  return Object.assign(waits().querySelector("a").cloneNode(true), { href: url });
}

// The reply as everybody reads it, with a word for its writer.
function published(item, url) {
  const word = Object.assign(document.createElement("p"), { className: "notice", textContent: status.dataset.done });
  if (url) word.append(" ", leading(url));
  item.firstElementChild.append(word);
  item.classList.add("comment-sent");
  return item;
}

// How many there are by now, if the page that came says so.
function count(thread) {
  const heading = thread.getElementById("comments-heading");
  if (heading) document.getElementById("comments-heading")?.replaceWith(heading);
}

function hang(item, place) {
  document.getElementById(item.id)?.remove();
  const list = place.querySelector(":scope > .thread:not(:has(~ .comment-fold))");
  (list ?? place.appendChild(document.createElement("ol"))).append(item);
  item.parentElement.className = "thread";
  item.tabIndex = -1;
  tell("reply-shown");
}
