// Advertisements: tells the hub when one was opened and when one was in sight, and closes them.

const SEEN_AFTER = 1000;
const OPENS_AFTER = 2000;
const LOOKS_AGAIN_AFTER = 5000;

function tell(path, ad) {
  return fetch(path, {
    method: "POST",
    keepalive: true,
    headers: { "X-CSRFToken": ad.dataset.adCsrf },
    body: new URLSearchParams({ token: ad.dataset.adToken }),
  });
}

// Half of it in sight for a second, in a tab that is looked at.
function watch(ad) {
  let timer = 0;
  const observer = new IntersectionObserver(([entry]) => {
    clearTimeout(timer);
    if (!entry.isIntersecting) return;
    timer = setTimeout(() => {
      if (document.visibilityState !== "visible") return;
      observer.disconnect();
      tell("/ads/seen", ad);
    }, SEEN_AFTER);
  }, { threshold: 0.5 });
  observer.observe(ad);
}

function close(ad) {
  const held = ad.contains(document.activeElement);
  if (ad instanceof HTMLDialogElement) ad.open = false;
  else ad.hidden = true;
  if (held) document.getElementById("main").focus();
}

function isBusy() {
  const active = document.activeElement;
  return document.visibilityState !== "visible"
    || (active && active.closest("input, textarea, select, [contenteditable], dialog") !== null)
    || document.querySelector("dialog[open], details[data-menu][open]") !== null;
}

// It opens without taking the focus, and waits while the reader types or answers a question.
async function open(ad) {
  if (isBusy()) {
    setTimeout(() => open(ad), LOOKS_AGAIN_AFTER);
    return;
  }
  if (ad instanceof HTMLDialogElement) ad.open = true;
  else ad.hidden = false;
  const told = await tell("/ads/shown", ad);
  if (told.ok) watch(ad);
}

for (const ad of document.querySelectorAll("[data-ad]")) {
  const button = ad.querySelector("[data-ad-close]");
  if (button) {
    button.addEventListener("click", () => close(ad));
    setTimeout(() => open(ad), OPENS_AFTER);
  } else {
    watch(ad);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const ad of document.querySelectorAll("dialog[data-ad][open], aside[data-ad]:not([hidden])")) {
    if (ad.querySelector("[data-ad-close]")) close(ad);
  }
});
