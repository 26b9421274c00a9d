// Keeps what is typed, in this tab alone, until it is sent: a draft for each place of the form.

const PLACE = "afterword.draft ";
const form = () => document.querySelector("#respond form");
let action = form()?.getAttribute("action");

function keep() {
  if (!form()) return;
  tab.write(PLACE + action);
  action = form().getAttribute("action");
  const typed = Object.fromEntries(new FormData(form()));
  if (typed.body) tab.write(PLACE + action, typed);
}

document.addEventListener("input", keep);
document.addEventListener("reply-form", keep);

const places = Array.from(document.querySelectorAll(".comment-reply"), ({ pathname }) => pathname);
const found = [action, ...places].find((each) => tab.read(PLACE + each, {}).body);
if (form() && found) {
  const draft = tab.read(PLACE + found, {});
  for (const field of form().elements) {
    if (field.type !== "hidden") field.value ||= draft[field.name] ?? "";
  }
  form().action = found;
  document.dispatchEvent(new Event("reply-form"));
}
