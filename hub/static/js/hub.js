// Small conveniences over pages that work without them: search key, menus, copy, ask, busy.

function isTyping(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

function focusSearchOnSlash(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) return;
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

function closeMenuOnEscape(event) {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

async function copyValue(button) {
  const label = button.querySelector("[data-copy-label]");
  const before = label.textContent;
  await navigator.clipboard.writeText(button.dataset.copy);
  label.textContent = button.dataset.copied;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => { label.textContent = before; }, 2000);
}

function showScriptedParts(root) {
  if (navigator.clipboard) {
    for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
  }
  for (const wrap of root.querySelectorAll(".table-wrap")) widths.observe(wrap);
  const summary = root.querySelector("[data-focus]");
  if (summary) summary.focus();
}

// A table wider than its place scrolls inside it; others let the head stick to the page.
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const table = target.querySelector("table");
    const scrolls = table.offsetWidth > target.clientWidth + 1;
    target.classList.toggle("is-scrolling", scrolls);
    if (scrolls) {
      target.tabIndex = 0;
      target.setAttribute("role", "region");
      target.setAttribute("aria-label", table.caption.textContent);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
    }
  }
});

function ask(form, submitter) {
  const dialog = document.querySelector("[data-ask]");
  dialog.querySelector("[data-ask-text]").textContent = form.dataset.confirm;
  const yes = dialog.querySelector("[data-ask-yes]");
  if (submitter) {
    yes.textContent = submitter.textContent;
    yes.className = submitter.classList.contains("danger") ? "button danger" : "button primary";
  }
  yes.onclick = () => {
    dialog.close();
    form.dataset.confirmed = "true";
    form.requestSubmit(submitter);
  };
  dialog.querySelector("[data-ask-no]").onclick = () => dialog.close();
  dialog.showModal();
}

function markBusy(form, submitter) {
  form.dataset.sending = "true";
  // Where the answer is a download the page stays, and so must the form.
  setTimeout(readyAgain, 10000);
  if (!submitter) return;
  submitter.setAttribute("aria-disabled", "true");
  if (form.dataset.busy) {
    submitter.dataset.label = submitter.textContent;
    submitter.textContent = form.dataset.busy;
  }
}

function guardSubmit(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    ask(form, event.submitter);
    return;
  }
  // A form that htmx sends stays on the page and may be sent again.
  if (!event.defaultPrevented) markBusy(form, event.submitter);
}

// A page taken from the browser's history is ready to be sent again.
function readyAgain() {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    delete form.dataset.confirmed;
    for (const button of form.querySelectorAll("[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
      if (button.dataset.label) button.textContent = button.dataset.label;
    }
  }
}

document.addEventListener("keydown", focusSearchOnSlash);
document.addEventListener("keydown", closeMenuOnEscape);
document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details[data-menu]"));
  const copy = event.target.closest("[data-copy]");
  if (copy) copyValue(copy);
});
document.addEventListener("submit", guardSubmit);
document.addEventListener("htmx:after:swap", (event) => showScriptedParts(event.target));
window.addEventListener("pageshow", (event) => { if (event.persisted) readyAgain(); });
showScriptedParts(document);
