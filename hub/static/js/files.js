// Drop zones for file boxes, and the SHA-256 of a file computed in the browser.

function hexadecimal(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function verdictOf(zone, sha) {
  const known = JSON.parse(zone.dataset.known || "[]");
  const match = known.find((entry) => entry.sha === sha);
  if (match) return { text: match.text, tone: match.tone || "good" };
  return known.length ? { text: zone.dataset.unknown, tone: "bad" } : { text: "", tone: "quiet" };
}

async function showHash(zone, file) {
  const result = zone.parentElement.querySelector("[data-hash-result]");
  const sha = hexadecimal(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const verdict = verdictOf(zone, sha);
  result.hidden = false;
  result.className = `hash-result tone-${verdict.tone}`;
  result.querySelector("[data-hash-verdict]").textContent = verdict.text;
  result.querySelector("[data-hash-value]").textContent = sha;
}

function setUp(zone) {
  const input = zone.querySelector("input[type=file]");
  if (!input) return;
  for (const text of zone.querySelectorAll("[data-drop-text]")) text.hidden = false;
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // The browser offers SubtleCrypto on https and on the own machine only.
  if ("hash" in zone.dataset && window.isSecureContext) {
    input.addEventListener("change", () => { if (input.files.length) showHash(zone, input.files[0]); });
  }
}

for (const zone of document.querySelectorAll("[data-drop]")) setUp(zone);
