// Keeps the key that shows whose address a reply comes from, once its reader wants that.

const PLACE = "afterword.browser";

for (const field of document.querySelectorAll("[data-browser-key]")) {
  field.value ||= browser.read(PLACE, "");
}

for (const form of document.querySelectorAll("form[data-remember]")) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.ok) return;
    browser.write(PLACE, (await answer.json()).browser);
    form.querySelector("button").hidden = true;
    form.querySelector("[data-done]").hidden = false;
  });
}
