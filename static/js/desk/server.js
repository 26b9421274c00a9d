// What is sent, one thing after the other, and what comes back: counts, what there is to say, rows.

const PATIENCE = 20000; // milliseconds; a busy site answers sooner
let turn = Promise.resolve();
let unsent = 0;

// When everything that was sent is answered.
const quiet = () => turn;

function inTurn(act) {
  unsent += 1;
  const mine = turn.then(act).finally(() => (unsent -= 1));
  turn = mine.catch(() => {});
  return mine;
}

addEventListener("beforeunload", (event) => {
  if (unsent) event.preventDefault();
});

// Sends a form. What came instead of an answer is thrown: a page, or undefined when nothing came.
async function send(address, data) {
  data.set("in_place", "1");
  const options = { method: "POST", body: data, signal: AbortSignal.timeout(PATIENCE) };
  const said = await fetch(address, options).then((answer) => answer.text()).catch(() => undefined);
  const page = said === undefined ? undefined : new DOMParser().parseFromString(said, "text/html");
  const done = page?.getElementById("done");
  if (!done) throw page;
  document.querySelector(".tabs").replaceWith(done.querySelector(".tabs"));
  notices().replaceChildren(...done.querySelector("#notices").childNodes);
  remember();
  const back = [...done.querySelectorAll("#queue > li")];
  for (const row of back.toReversed()) put(row);
  return back.map(({ id }) => document.getElementById(id));
}

// What a page that is no answer says, in a line.
function reason(page) {
  if (!page?.querySelector) return list.dataset.lost;
  if (page.querySelector("[type=password]")) return list.dataset.signedOut;
  return (page.querySelector("main [role=alert]") ?? page.querySelector("main p") ?? page.body).textContent.trim();
}

// Says why something was not done: above all, and at the rows that it is about.
function complain(why, about = []) {
  const notice = document.createElement("div");
  notice.className = "notice notice-wrong";
  notice.append(Object.assign(document.createElement("p"), { textContent: why }));
  for (const row of about) {
    row.querySelector(".queued-refused")?.remove();
    const word = Object.assign(document.createElement("p"), { className: "queued-refused", textContent: why });
    row.querySelector(".queued-main").append(word);
  }
  notices().replaceChildren(notice);
}
