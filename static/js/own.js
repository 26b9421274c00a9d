// Keeps the receipts of what this browser has sent, and lists those of the post.

const PLACE = "afterword.replies";
const MOST = 100;

const section = document.getElementById("own-replies");
const { post } = section.dataset;
const kept = JSON.parse(localStorage[PLACE] ?? "[]");

for (const reply of kept.filter((each) => each.post === post)) {
  const item = section.querySelector("template").content.cloneNode(true);
  Object.assign(item.querySelector("a"), { href: reply.receipt, textContent: reply.text });
  section.querySelector("ul").append(item);
  section.hidden = false;
}

document.addEventListener("reply-sent", ({ detail: { receipt, text } }) => {
  kept.push({ post, receipt, text: text.slice(0, 80) }); // to know it again
  localStorage[PLACE] = JSON.stringify(kept.slice(-MOST));
});
