// Says how long ago comments were written, in the language around them, for a week; then, and on paper, the date stands.

const UNITS = { day: 86400, hour: 3600, minute: 60 };
const WEEK = 604800; // seconds

const times = () => document.querySelectorAll(".comments time");

function tell() {
  for (const time of times()) {
    const past = (Date.now() - Date.parse(time.dateTime)) / 1000;
    time.title ||= time.textContent;
    time.textContent = past < WEEK ? ago(past, time.closest("[lang]").lang) : time.title;
  }
}

function ago(past, language) {
  const [unit, size] = Object.entries(UNITS).find(([, size]) => past >= size) ?? ["second", Infinity];
  const numeric = size < Infinity ? "always" : "auto"; // "yesterday" would be too vague
  return new Intl.RelativeTimeFormat(language, { numeric }).format(-Math.trunc(past / size), unit);
}

document.addEventListener("reply-shown", tell);
addEventListener("beforeprint", () => times().forEach((time) => (time.textContent = time.title)));
addEventListener("afterprint", tell);
setInterval(tell, 60000);
tell();
