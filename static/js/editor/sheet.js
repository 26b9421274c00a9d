// The sheet that is written on: what stands on it, and how the server is asked about it.

const sheet = document.getElementById("sheet");
const text = sheet.elements.body;
const editor = document.getElementById("editor");
const say = document.getElementById("editor-says").dataset; // sentences
const PATIENCE = 20000; // milliseconds; a busy site answers sooner
const TOKEN = "csrf_token";
const NO_WORDS = [TOKEN, "base", "sitting", "turn", "closed", "publish_at", "days", "link_days"]; // what a button alone sends

const sitting = () => sheet.elements.sitting.value;

// All that its writer has filled in, by the names of the fields.
function filled() {
  const fields = [...new FormData(sheet)].filter(([name]) => !NO_WORDS.includes(name));
  return Object.fromEntries(fields);
}

// Fills the sheet in. The text is written as a hand would, so that it can be taken back.
function fill(fields) {
  for (const field of sheet.elements) {
    if (field === text) replace(0, text.value.length, fields.body ?? "");
    else if (field.type === "radio") field.checked = fields[field.name] === field.value;
    else if (field.name in fields) field.value = fields[field.name];
  }
  sheet.dispatchEvent(new Event("input", { bubbles: true }));
}

// Sends fields and gives what came: the status, and what the JSON says. Without an answer the status is 0.
async function ask(address, fields, { patience = PATIENCE, ...options } = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set(TOKEN, sheet.elements[TOKEN].value);
  const signal = AbortSignal.any([AbortSignal.timeout(patience), ...(options.signal ? [options.signal] : [])]);
  const headers = { Accept: "application/json" };
  try {
    const answer = await fetch(address, { method: "POST", body, headers, ...options, signal });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const said = isJson ? await answer.json() : {};
    if (said.csrf_token) sheet.elements[TOKEN].value = said.csrf_token; // somebody signed in anew, in another tab
    return { ...said, status: answer.status };
  } catch {
    return { status: 0 };
  }
}

// Another page of ours, as it would be seen now; undefined when nothing came.
async function look(address) {
  try {
    const answer = await fetch(address);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return undefined;
  }
}
