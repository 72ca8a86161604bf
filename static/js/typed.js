// What somebody typed before they were signed out goes back into the fields it was typed in. What has no field
// on this page stays where it is, to be copied.
"use strict";

(() => {
  const section = document.querySelector("[data-typed]");
  for (const typed of section.querySelectorAll("[data-field]")) {
    const field = document.querySelector(`form [name="${CSS.escape(typed.dataset.field)}"]`);
    if (!field) continue;
    field.value = typed.value;
    field.closest("details")?.setAttribute("open", "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    typed.remove();
  }
  if (section.querySelector("[data-field]")) return;
  for (const part of section.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== "there";
})();
