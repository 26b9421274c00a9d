// Keeps the receipts of what this browser has sent, and lists those of the post.

const PLACE = "afterword.replies";
const MOST = 100;

const section = document.getElementById("own-replies");
const post = section?.dataset.post;

function list({ receipt, text }) {
  const item = section.querySelector("template").content.cloneNode(true);
  Object.assign(item.querySelector("a"), { href: receipt, textContent: text });
  section.querySelector("ul").append(item);
  section.hidden = false;
}

if (section) {
  browser.read(PLACE, []).filter((each) => each.post === post).forEach(list);
  document.addEventListener("reply-sent", ({ detail: { receipt, text } }) => {
    const reply = { post, receipt, text: text.slice(0, 80) }; // to know it again
    browser.write(PLACE, [...browser.read(PLACE, []), reply].slice(-MOST));
    list(reply);
  });
}
