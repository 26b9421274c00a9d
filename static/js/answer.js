// Brings the form to the comment that is answered, and home again. Its action says where it belongs;
// whoever changes it tells by "reply-form".

const find = (what = "") => document.querySelector(`#respond ${what}`);
const home = new Comment();
find()?.before(home);
const usual = find("form")?.getAttribute("action");
const title = find("h2")?.cloneNode(true);

document.addEventListener("reply-form", () => {
  const action = find("form").getAttribute("action");
  const link = document.querySelector(`.comment-reply[href^="${action}#"]`);
  (link?.closest(".comment-card") ?? home).after(find());
  find("h2").replaceWith(link ? heading(link) : title.cloneNode(true));
  find("[data-cancel]").hidden = !link;
  find("[formaction]").formAction = `${action}/preview`;
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".comment-reply, [data-cancel]");
  if (!link || !find() || event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab or window
  event.preventDefault();
  const answered = find().previousSibling;
  const action = link.pathname ?? usual;
  if (action !== find("form").getAttribute("action")) forget();
  find("form").action = action;
  document.dispatchEvent(new Event("reply-form"));
  (link.pathname ? find("textarea") : answered.querySelector(".comment-reply")).focus();
});

// "Leave a Reply to Rita". Her name may be in letters that run the other way.
function heading(link) {
  const to = title.cloneNode();
  const name = document.createElement("bdi");
  name.textContent = link.closest(".comment-card").querySelector(".comment-name").textContent.trim();
  const [before, after] = to.dataset.to.split("…");
  to.append(before, name, after);
  return to;
}

// What was said of a reply at one place is not true of one at another.
function forget() {
  find().querySelectorAll(".preview, .notice-wrong, .field-errors").forEach((said) => said.remove());
  find().querySelectorAll(".field-wrong").forEach((field) => field.classList.remove("field-wrong"));
  find().querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
}
