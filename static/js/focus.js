// The admin shows a page only when its scripts run, so the browser has nothing yet to put the cursor in.
"use strict";

const putCursor = () => {
  if (!document.activeElement?.matches("input, select, textarea")) document.querySelector("[autofocus]")?.focus();
};
putCursor();
document.addEventListener("alpine:initialized", putCursor);
