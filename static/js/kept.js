// What is kept in this browser, or in this tab, all goes through here. It may be forbidden or full, and hold anything.

const keeper = (storage) => ({
  // What is kept in a place, if it is of the kind of the usual; else the usual.
  read(place, usual) {
    try {
      const found = JSON.parse(storage()[place]);
      return found?.constructor === usual.constructor ? found : usual;
    } catch {
      return usual;
    }
  },
  // Keeps a value there; nothing is kept instead of an empty one.
  write(place, value) {
    try {
      if (value) storage()[place] = JSON.stringify(value);
      else delete storage()[place];
    } catch {
      // Nothing is kept, and everything else goes on.
    }
  },
});
const browser = keeper(() => localStorage);
const tab = keeper(() => sessionStorage);
