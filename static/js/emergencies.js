// On the queue of the staff: danger that a tenant signals comes on top without anybody asking for it. What the
// page asks by itself says so ("X-Asked-By: page"), and so does not keep a session open that nobody uses.
"use strict";

const EVERY = 20 * 1000;

async function look(place) {
  const answer = await fetch(place.dataset.url, { headers: { "X-Asked-By": "page" }, redirect: "error" });
  if (!answer.ok) return;
  const shown = place.querySelector("#emergencies");
  if (shown.contains(document.activeElement)) return; // somebody is writing a note
  const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#emergencies");
  if (now && now.dataset.newest !== shown.dataset.newest) shown.replaceWith(now);
}

const place = document.querySelector("[data-emergencies]");
if (place) setInterval(() => look(place).catch(() => {}), EVERY);
