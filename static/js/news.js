// Marks what is new since the last visit. What was seen is kept, page by page, in this browser alone.

const PLACE = "afterword.seen";
const PAGES = 200; // the last that were read
const VISIT = 1800000; // milliseconds: half an hour

const here = location.pathname + location.search;
const { [here]: [last, earlier] = [], ...others } = JSON.parse(localStorage[PLACE] ?? "{}");
const before = last && Date.now() - last.at > VISIT ? last : earlier;
const comments = () => [...document.querySelectorAll(".comment:has(> .comment-card)")];

function keep() {
  const seen = { at: Date.now(), ids: comments().map(({ id }) => id) };
  const pages = Object.entries({ ...others, [here]: [seen, before] }).slice(-PAGES);
  localStorage[PLACE] = JSON.stringify(Object.fromEntries(pages));
}

const found = before ? comments().filter(({ id }) => !before.ids.includes(id)) : [];
const template = document.getElementById("thread-news");
const [notice, badge] = template.content.children;
for (const comment of found) {
  comment.classList.add("comment-new");
  comment.querySelector(".comment-name").after(badge.cloneNode(true));
}
if (found[0]) {
  notice.querySelector("strong").textContent = found.length;
  notice.querySelector("a").href = `#${found[0].id}`;
  template.after(notice);
}
keep();
document.addEventListener("reply-shown", keep);
