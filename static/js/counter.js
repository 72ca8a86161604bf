// How many characters are left, under a text field with data-counter (the most it may hold). The
// limit is the server's: pasted text is never cut off here.
"use strict";

for (const field of document.querySelectorAll("textarea[data-counter]")) {
  const most = Number(field.dataset.counter);
  const count = document.createElement("p");
  count.className = "field__count";
  count.setAttribute("aria-hidden", "true");
  const spoken = document.createElement("p");
  spoken.className = "hidden-text";
  spoken.setAttribute("role", "status");
  field.after(count, spoken);

  let timer;
  const show = () => {
    const left = most - field.value.replace(/\r?\n/g, "\n").length;
    const text = left < 0 ? field.dataset.over : field.dataset.left;
    count.textContent = text.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    count.classList.toggle("is-err", left < 0);
    clearTimeout(timer);
    // Read aloud only near the end, and only when the typing pauses.
    if (left < 100) timer = setTimeout(() => (spoken.textContent = count.textContent), 1000);
  };
  field.addEventListener("input", show);
  show();
}
