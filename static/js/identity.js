// Remembers who replies while the box is ticked, in this browser alone.

const PLACE = "afterword.identity";
const box = () => document.getElementById("remember-me");
const fields = () => ["name", "email", "website"].map((name) => box().form.elements[name]);

function fill() {
  const kept = localStorage[PLACE];
  if (kept) JSON.parse(kept).forEach((value, n) => (fields()[n].value ||= value));
  box().checked = kept;
  box().parentElement.hidden = false;
}

document.addEventListener("input", ({ target }) => {
  if (target.form !== box().form) return;
  if (box().checked) localStorage[PLACE] = JSON.stringify(fields().map(({ value }) => value));
  else delete localStorage[PLACE];
});
document.addEventListener("reply-form", fill);
fill();
