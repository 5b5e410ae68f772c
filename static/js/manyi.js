// What pages gain from JavaScript: keys, toasts, menus that close, no double sending. Every page works without it.
"use strict";

document.documentElement.classList.add("js");

// Keys. An element with data-key="n" is clicked (or focused, if one types there) by that key; "g q" is two keys in a row.
// No key fires while somebody types, composes Chinese or has a dialog open.

const KEY_PAUSE = 1500;
const SWITCHED_OFF = "manyi-keys-off";
// A Chinese keyboard layout sends full-width punctuation.
const FULL_WIDTH = { "？": "?", "、": "/", "／": "/", "【": "[", "】": "]" };
const TEXTLESS = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];
let pressed = [];
let pressedAt = 0;

function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !TEXTLESS.includes(target.type);
}

function isComposing(event) {
  return event.isComposing || event.keyCode === 229 || event.key === "Process";
}

function keyed(keys) {
  const usable = [...document.querySelectorAll("[data-key]")].filter((element) => element.dataset.key === keys && !element.disabled);
  return usable.find((element) => element.offsetParent !== null) || usable[0];
}

function isBeginning(keys) {
  return [...document.querySelectorAll("[data-key]")].some((element) => element.dataset.key.startsWith(`${keys} `));
}

function use(element) {
  if (isTyping(element)) {
    element.focus();
    element.select?.();
  } else {
    if (element.matches("input")) element.focus();
    element.click();
    // What has to be typed next, such as the time of a call-back.
    document.getElementById(element.dataset.then)?.focus();
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isComposing(event) || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const key = FULL_WIDTH[event.key] || event.key;
  if (key === "?") return openDialog("keys", event);
  if (localStorage.getItem(SWITCHED_OFF) || key.length > 1) return;
  const now = Date.now();
  const earlier = now - pressedAt < KEY_PAUSE ? pressed : [];
  pressedAt = now;
  for (const keys of [[...earlier, key].join(" "), key]) {
    const element = keyed(keys);
    if (element) {
      event.preventDefault();
      pressed = [];
      return use(element);
    }
    if (isBeginning(keys)) {
      pressed = keys.split(" ");
      return;
    }
  }
  pressed = [];
}

function label(element) {
  const named = element.dataset.keyLabel || element.getAttribute("aria-label");
  if (named) return named;
  const copy = (element.labels?.[0] || element).cloneNode(true);
  copy.querySelectorAll("kbd, svg, .visually-hidden, .count").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ");
}

function keyLine(element) {
  const line = document.createElement("li");
  const keys = document.createElement("span");
  for (const key of element.dataset.key.split(" ")) keys.append(Object.assign(document.createElement("kbd"), { textContent: key }));
  line.append(label(element), keys);
  line.dataset.listed = "";
  return line;
}

function listKeys(dialog) {
  dialog.querySelectorAll("[data-listed]").forEach((line) => line.remove());
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    const place = element.closest(".side, .bar") ? "shell" : "page";
    dialog.querySelector(`[data-keys="${place}"]`).append(keyLine(element));
  }
  dialog.querySelector('[data-keys-title="page"]').hidden = !dialog.querySelector('[data-keys="page"] li');
  dialog.querySelector("#keys-on").checked = !localStorage.getItem(SWITCHED_OFF);
}

function openDialog(id, event) {
  const dialog = document.getElementById(id);
  if (!dialog) return;
  event.preventDefault();
  if (id === "keys") listKeys(dialog);
  dialog.showModal();
}

document.addEventListener("keydown", onKey);
document.addEventListener("change", (event) => {
  if (event.target.id !== "keys-on") return;
  if (event.target.checked) localStorage.removeItem(SWITCHED_OFF);
  else localStorage.setItem(SWITCHED_OFF, "1");
});

// Dialogs, menus and the drawer close by Escape or by a click beside them.

function closeMenus(except) {
  document.querySelectorAll("details.menu[open], details.confirm[open]").forEach((menu) => {
    if (!except || !menu.contains(except)) menu.open = false;
  });
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-open], [data-close], [data-close-dialog]");
  if (target?.dataset.open) openDialog(target.dataset.open, event);
  if (target?.hasAttribute("data-close")) target.closest(".notice").remove();
  if (target?.hasAttribute("data-close-dialog") || event.target.matches("dialog.sheet")) event.target.closest("dialog")?.close();
  closeMenus(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || isComposing(event)) return;
  const open = document.querySelector("details.menu[open], details.confirm[open]");
  if (open) open.querySelector("summary").focus();
  closeMenus();
  const burger = document.getElementById("burger");
  if (burger) burger.checked = false;
});

// Toasts. The server sends the event "toast" {message, level} with an htmx answer; problems stay, good news leaves by itself.

const TOAST_STAYS = 6000;

function toast(message, level) {
  const template = document.getElementById(`toast-${level}`) || document.getElementById("toast-info");
  const shown = template.content.firstElementChild.cloneNode(true);
  shown.querySelector("span").textContent = message;
  document.getElementById("toasts").append(shown);
  if (level === "success" || level === "info") setTimeout(() => shown.remove(), TOAST_STAYS);
}

function isToasted(xhr) {
  return (xhr.getResponseHeader("HX-Trigger") || "").includes('"toast"');
}

document.addEventListener("toast", (event) => toast(event.detail.message, event.detail.level || "success"));
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offline, "danger"));
document.addEventListener("htmx:responseError", (event) => {
  if (!isToasted(event.detail.xhr)) toast(document.body.dataset.failed, "danger");
});
// A session that has ended answers with the log-in page; it belongs into the window, not into a fragment.
document.addEventListener("htmx:beforeSwap", (event) => {
  const address = event.detail.xhr.responseURL;
  if (!address || new URL(address).pathname !== document.body.dataset.login) return;
  event.detail.shouldSwap = false;
  window.location.reload();
});

// A form is sent once. The browser's back button, or a while without a new page (a download), makes it usable again.

const SENDING_TAKES = 8000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => allowSending(form), SENDING_TAKES);
});

function allowSending(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(allowSending));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches?.("form")) allowSending(event.target);
});
