// Small things that outlive a reload: for this tab (whom one plays) or for the
// browser (the hint was read). A browser may refuse; the page then forgets.

export const forTab = () => sessionStorage;
export const forBrowser = () => localStorage;

export const memory = {
  get(store, key) {
    try {
      return store().getItem(`stand-in.${key}`);
    } catch {
      return null;
    }
  },
  set(store, key, value) {
    try {
      store().setItem(`stand-in.${key}`, value);
    } catch {
      // Private windows and full stores: nothing here is worth an error.
    }
  },
};
