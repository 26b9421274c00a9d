// Says how long ago comments were written, in the language around them. The date is in the title.

const UNITS = { year: 31557600, month: 2629800, week: 604800, day: 86400, hour: 3600, minute: 60 };

function tell() {
  for (const time of document.querySelectorAll(".comments time")) {
    const past = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const [unit, size] = Object.entries(UNITS).find(([, size]) => past >= size) ?? ["second", Infinity];
    const numeric = size < Infinity ? "always" : "auto"; // "yesterday" would be too vague
    const words = new Intl.RelativeTimeFormat(time.closest("[lang]").lang, { numeric });
    time.title ||= time.textContent;
    time.textContent = words.format(-Math.trunc(past / size), unit);
  }
}

document.addEventListener("reply-shown", tell);
setInterval(tell, 60000);
tell();
