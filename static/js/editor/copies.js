// What is typed is kept in this browser at once, a copy for each sheet, until the server has it.

const COPIES = "afterword.sheet ";
const ALIVE = "afterword.open "; // locks of sheets that are open in some tab
const postOf = () => sheet.dataset.post;
const placeOf = (whose) => `${COPIES}${postOf()} ${whose}`;

// Keeps a copy of the sheet. Whether that went well: storage may be full or forbidden.
function keepCopy(fields) {
  const at = Date.now();
  browser.write(placeOf(sitting()), { at, fields });
  return browser.read(placeOf(sitting()), {}).at === at;
}

function dropCopy(whose = sitting()) {
  browser.write(placeOf(whose));
}

// Copies of this post that no open tab is writing, the newest first, each with whose it is.
async function leftCopies() {
  const open = await openSheets();
  const found = places().map((place) => ({ whose: place.slice(placeOf("").length), ...browser.read(place, {}) }));
  const left = found.filter(({ whose, at, fields }) => at && fields && whose !== sitting() && !open.includes(whose));
  return left.sort((one, other) => other.at - one.at);
}

function places() {
  try {
    return Object.keys(localStorage).filter((place) => place.startsWith(placeOf("")));
  } catch {
    return []; // storage is forbidden
  }
}

// Where a browser has no locks (an address without https), nobody knows what is open elsewhere.
async function openSheets() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.map(({ name }) => name.slice(ALIVE.length));
}

navigator.locks?.request(ALIVE + sitting(), () => new Promise(() => {}));
