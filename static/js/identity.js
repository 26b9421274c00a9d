// Remembers who replies while the box is ticked, in this browser alone.

const PLACE = "afterword.identity";
const box = () => document.getElementById("remember-me");
const fields = () => ["name", "email", "website"].map((name) => box().form.elements[name]);

function fill() {
  if (!box()) return; // whoever is signed in has a name
  const kept = browser.read(PLACE, []);
  kept.forEach((value, n) => (fields()[n].value ||= value));
  box().checked = kept.length > 0;
  box().parentElement.hidden = false;
}

document.addEventListener("input", ({ target }) => {
  if (!box() || target.form !== box().form) return;
  browser.write(PLACE, box().checked && fields().map(({ value }) => value));
});
document.addEventListener("reply-form", fill);
fill();
