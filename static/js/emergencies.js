// On the queue of the staff: danger that a tenant signals comes on top without anybody asking for it. What the
// page asks by itself says so ("X-Asked-By: page"), and so does not keep a session open that nobody uses. When
// nothing comes any more, the page says so: who looks at it would think that nobody is in danger.
"use strict";

const EVERY = 20 * 1000;
const LOST = 2; // looks in a row without any answer; one may get lost on the way

let failed = 0;

async function ask(url) {
  const asked = { headers: { "X-Asked-By": "page" }, redirect: "manual", signal: AbortSignal.timeout(EVERY) };
  const answer = await fetch(url, asked);
  if (!answer.ok) return null; // also the way to signing in, after an hour
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#emergencies");
}

function show(now, shown) {
  if (shown.contains(document.activeElement)) return; // somebody is writing a note
  if (now.dataset.newest !== shown.dataset.newest) shown.replaceWith(now);
}

async function look(place) {
  try {
    const now = await ask(place.dataset.url);
    failed = now ? 0 : LOST;
    if (now) show(now, place.querySelector("#emergencies"));
  } catch {
    failed += 1;
  }
  place.querySelector("[data-not-kept-up]").hidden = failed < LOST;
}

const place = document.querySelector("[data-emergencies]");
if (place) setInterval(look, EVERY, place);
