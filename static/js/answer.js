// Brings the form to the comment that is answered, and home again. Its action says where it belongs;
// whoever changes it tells by "reply-form".

const find = (what = "") => document.querySelector(`#respond ${what}`);
const home = new Comment();
find().before(home);
const usual = find("form").getAttribute("action");
const title = find("h2").textContent;

document.addEventListener("reply-form", () => {
  const action = find("form").getAttribute("action");
  const link = document.querySelector(`.comment-reply[href^="${action}#"]`);
  (link?.closest(".comment-card") ?? home).after(find());
  find("h2").textContent = link?.ariaLabel ?? title;
  find("[data-cancel]").hidden = !link;
  find("[formaction]").formAction = `${action}/preview`;
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".comment-reply, [data-cancel]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab or window
  event.preventDefault();
  const answered = find().previousSibling;
  find("form").action = link.pathname ?? usual;
  document.dispatchEvent(new Event("reply-form"));
  (link.pathname ? find("textarea") : answered.querySelector(".comment-reply")).focus();
});
