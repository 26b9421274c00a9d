// How it stands with the words on the sheet, in a line below them; aloud only what is news.

const line = document.getElementById("editor-saved");

// A sentence has a place for a detail, {}, and may end in the words of a link.
function tellState(what, { detail = "", address } = {}) {
  const was = line.dataset.state;
  const [sentence, label] = say[what].replace("{}", detail).split("|");
  line.dataset.state = what;
  line.textContent = sentence;
  if (label && address) {
    line.append(" ", Object.assign(document.createElement("a"), { href: address, textContent: label }));
  }
  if (was !== what && (was || what !== "saved")) tell(sentence);
}

// Says something to who listens, when nobody else is speaking: there is one voice.
function tell(words) {
  document.getElementById("editor-told").textContent = words;
}

// The time of day, as it is written in the language of the page.
function clock(at) {
  return new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}
