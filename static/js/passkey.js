// Show what has to do with passkeys only where they work, and say so when it does not succeed.
// Signing in itself is done by allauth's own script, which reports failures as an event.
(() => {
  const supported = window.PublicKeyCredential !== undefined;
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = !supported;
  for (const part of document.querySelectorAll("[data-no-passkey]")) part.hidden = supported;

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const alert = document.querySelector("[data-passkey-failed]");
    if (!alert) return;
    alert.hidden = false;
    alert.focus();
  });
})();
