// Photos: shown before they are sent, made smaller when the browser can (a phone's 8 MB becomes
// less than 1), and taken out again with a button. Without this script the field works as it is.
"use strict";

const LONGEST_SIDE = 2048;
const QUALITY = 0.85;
const MEGABYTE = 1024 * 1024;

// Resolves to a smaller JPEG, or to the file itself when the browser cannot read it (HEIC outside
// Safari) or has no memory to draw it: then the server does the work.
async function smaller(file) {
  try {
    return await drawnSmaller(file);
  } catch {
    return file;
  }
}

async function drawnSmaller(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size < MEGABYTE) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}

function makePicker(input) {
  const { most, mostBytes, tooMany, tooLarge, working, remove } = input.dataset;
  const list = document.createElement("ul");
  list.className = "photos";
  const status = document.createElement("p");
  status.className = "field__hint";
  status.setAttribute("role", "status");
  input.closest(".drop").before(list, status);

  let chosen = [];
  let busy = Promise.resolve();
  let waiting = 0;

  const put = () => {
    const files = new DataTransfer();
    for (const file of chosen) files.items.add(file);
    input.files = files.files;
  };

  const show = (file) => {
    const item = document.createElement("li");
    const frame = document.createElement("div");
    frame.className = "photo";
    const image = new Image();
    image.alt = file.name;
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    image.onerror = () => frame.replaceChildren(file.name);
    frame.append(image);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--quiet";
    button.textContent = remove;
    button.setAttribute("aria-label", `${remove}: ${file.name}`);
    button.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== file);
      item.remove();
      status.textContent = "";
      put();
      input.focus();
    });
    item.append(frame, button);
    list.append(item);
  };

  const add = async (files) => {
    const messages = [];
    for (const original of files) {
      if (chosen.length >= Number(most)) {
        messages.push(tooMany);
        break;
      }
      const file = await smaller(original);
      if (file.size > Number(mostBytes)) {
        messages.push(tooLarge.replace("{name}", original.name));
        continue;
      }
      chosen.push(file);
      show(file);
    }
    put();
    return messages.join(" ");
  };

  input.addEventListener("change", () => {
    const files = [...input.files];
    put();
    waiting += 1;
    status.textContent = working;
    busy = busy.then(() => add(files)).catch(() => "").then((message) => {
      waiting -= 1;
      status.textContent = message;
      status.classList.toggle("field__error", message !== "");
    });
  });

  // Sent while photos are still being made smaller: wait for them, then send.
  input.form.addEventListener("submit", (event) => {
    if (!waiting) return;
    event.preventDefault();
    const { submitter } = event;
    busy.then(() => input.form.requestSubmit(submitter));
  });
}

if (window.createImageBitmap && window.DataTransfer) {
  for (const input of document.querySelectorAll("input[type=file][data-photos]")) makePicker(input);
}
