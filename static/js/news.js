// Marks what is new since the last visit. What was seen is kept, page by page, in this browser alone.

const PLACE = "afterword.seen";
const PAGES = 200; // the last that were read
const VISIT = 1800000; // milliseconds: half an hour

const here = location.pathname + location.search;
const [last, earlier] = browser.read(PLACE, {})[here] ?? [];
const before = last && Date.now() - last.at > VISIT ? last : earlier;
const comments = () => [...document.querySelectorAll(".comment:has(> .comment-card)")];
const notice = document.getElementById("thread-news");

function keep() {
  // Read again: another tab has been elsewhere since, or has seen more of this page.
  const { [here]: [seen] = [], ...others } = browser.read(PLACE, {});
  const ids = new Set([...(seen?.ids ?? []), ...comments().map(({ id }) => id)]);
  const visits = [{ at: Date.now(), ids: [...ids] }, before];
  const pages = Object.entries({ ...others, [here]: visits }).slice(-PAGES);
  browser.write(PLACE, Object.fromEntries(pages));
}

const found = before ? comments().filter(({ id }) => !before.ids.includes(id)) : [];
for (const comment of found) {
  comment.classList.add("comment-new");
  comment.querySelector(".comment-name").after(notice.querySelector("template").content.cloneNode(true));
}
if (found[0]) {
  notice.querySelector("strong").textContent = found.length;
  notice.querySelector("a").href = `#${found[0].id}`;
  notice.hidden = false;
}
if (notice) {
  keep();
  document.addEventListener("reply-shown", keep);
}
