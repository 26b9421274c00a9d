// Remembers, in this browser alone, the key that shows whose address a reply comes from.
// The key is given on the page of a confirming link, when its reader asks for it.

const PLACE = "afterword.browser";

function stored() {
  try {
    return localStorage.getItem(PLACE) ?? "";
  } catch {
    return ""; // storage is switched off
  }
}

for (const field of document.querySelectorAll("[data-browser-key]")) {
  field.value ||= stored();
}

for (const form of document.querySelectorAll("form[data-remember]")) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.ok) return;
    const { browser } = await answer.json();
    localStorage.setItem(PLACE, browser);
    form.querySelector("button").hidden = true;
    form.querySelector("[data-done]").hidden = false;
  });
}
