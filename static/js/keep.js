// Words that are typed stay on this device until the server has them: without internet, and when sending
// them breaks off half-way. What a page says it has ("data-kept") is removed here, and all of it on signing out.
"use strict";

(() => {
  const PREFIX = "kept:";
  const LONGEST = 14 * 24 * 60 * 60 * 1000; // as long as the server keeps a draft

  let store;
  try {
    store = window.localStorage;
    store.getItem(PREFIX);
  } catch {
    return; // the browser keeps nothing for us
  }

  const plain = (text) => text.replace(/\r\n?/g, "\n").trim();
  const all = () => Object.keys(store).filter((name) => name.startsWith(PREFIX));
  const forget = (name) => store.removeItem(name);

  const read = (name) => {
    try {
      return JSON.parse(store.getItem(name));
    } catch {
      return null;
    }
  };

  const write = (name, kept) => {
    try {
      store.setItem(name, JSON.stringify(kept));
    } catch {
      // full: the text is still in the field
    }
  };

  // What the server has ("data-kept" names it, "data-kept-text" says how it is there), or is older than any draft.
  const onServer = new Map();
  for (const { dataset } of document.querySelectorAll("[data-kept]")) onServer.set(dataset.kept, dataset.keptText);
  const isThere = ({ key, text }) =>
    onServer.has(key) && (onServer.get(key) === undefined || plain(onServer.get(key)) === plain(text));
  for (const name of all()) {
    const kept = read(name);
    if (!kept || Date.now() - kept.at > LONGEST || isThere(kept)) forget(name);
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forget-kept]")) all().forEach(forget);
  });

  // A form with data-keep="name", a field with data-counter, and a note that says what is going on.
  const watch = (form) => {
    const name = PREFIX + form.dataset.keep;
    const field = form.querySelector("textarea");
    const note = form.querySelector("[data-keep-note]");
    const key = form.querySelector("input[name=key]");
    const before = plain(field.defaultValue);

    const say = (what) => {
      for (const part of note.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== what;
      note.hidden = !what;
    };

    const put = (kept) => {
      field.value = kept.text;
      if (key && kept.key) key.value = kept.key; // sent twice, it counts once
      field.dispatchEvent(new Event("input"));
    };

    const kept = read(name);
    if (kept && plain(kept.text) === before) {
      forget(name);
    } else if (kept && plain(kept.base) === before) {
      put(kept);
      say("restored");
    } else if (kept) {
      // Somebody went on with it on another device: theirs stands, and this one is offered.
      note.querySelector("[data-keep-text]").textContent = kept.text;
      note.querySelector("[data-keep-put]").addEventListener("click", () => {
        put(kept);
        say("restored");
        field.focus();
      });
      say("other");
    }

    field.addEventListener("input", () => {
      if (plain(field.value) === before) forget(name);
      else write(name, { text: field.value, base: before, key: key ? key.value : form.dataset.keep, at: Date.now() });
    });

    form.addEventListener("submit", (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      say("offline");
      note.focus();
    });
    window.addEventListener("offline", () => say("offline"));
    window.addEventListener("online", () => {
      if (!note.hidden) say("online");
    });
  };

  for (const form of document.querySelectorAll("form[data-keep]")) watch(form);
})();
