// What is typed is kept in this browser at once, a copy for each sheet, until the server has it.

const COPIES = "afterword.sheet ";
const ALIVE = "afterword.open "; // locks of sheets that are open in some tab
const NEW = "new"; // a post that the server does not know yet
const postOf = () => sheet.dataset.post || NEW;
const placeOf = (whose, post = postOf()) => `${COPIES}${post} ${whose}`;

// Keeps a copy of the sheet. Whether that went well: storage may be full or forbidden.
function keepCopy(fields) {
  const at = Date.now();
  browser.write(placeOf(sitting()), { at, fields });
  return browser.read(placeOf(sitting()), {}).at === at;
}

function dropCopy(whose = sitting(), post = postOf()) {
  browser.write(placeOf(whose, post));
}

// Copies of this post that no open tab is writing, the newest first, each with whose it is.
async function leftCopies() {
  const open = await openSheets();
  const left = copiesOf(postOf()).filter(({ whose }) => whose !== sitting() && !open.includes(whose));
  return left.sort((one, other) => other.at - one.at);
}

function copiesOf(post) {
  const found = placesOf(post).map((place) => ({ whose: place.slice(placeOf("", post).length), ...browser.read(place, {}) }));
  return found.filter(({ at, fields }) => at && fields);
}

function placesOf(post) {
  try {
    return Object.keys(localStorage).filter((place) => place.startsWith(placeOf("", post)));
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
