// Copies the front-end files that pages and PDFs use out of node_modules into hub/static.
// Files that are already the same stay untouched, so running it again changes nothing.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const latin = "@expo-google-fonts/noto-sans";
const chinese = "@expo-google-fonts/noto-sans-sc";

const FILES = [
  ["bootstrap/dist/css/bootstrap.min.css", "vendor/bootstrap.min.css"],
  ["bootstrap/LICENSE", "vendor/bootstrap.LICENSE.txt"],
  ["htmx.org/dist/htmx.min.js", "vendor/htmx.min.js"],
  ["htmx.org/LICENSE", "vendor/htmx.LICENSE.txt"],
  [`${latin}/400Regular/NotoSans_400Regular.ttf`, "fonts/NotoSans-Regular.ttf"],
  [`${latin}/700Bold/NotoSans_700Bold.ttf`, "fonts/NotoSans-Bold.ttf"],
  [`${latin}/LICENSE_FONT`, "fonts/NotoSans.LICENSE.txt"],
  [`${chinese}/400Regular/NotoSansSC_400Regular.ttf`, "fonts/NotoSansSC-Regular.ttf"],
  [`${chinese}/700Bold/NotoSansSC_700Bold.ttf`, "fonts/NotoSansSC-Bold.ttf"],
  [`${chinese}/LICENSE_FONT`, "fonts/NotoSansSC.LICENSE.txt"],
];

function isSame(source, target) {
  return existsSync(target) && readFileSync(source).equals(readFileSync(target));
}

let copied = 0;
for (const [from, to] of FILES) {
  const source = join(root, "node_modules", from);
  const target = join(root, "hub", "static", to);
  if (!existsSync(source)) {
    console.error(`${from} is missing: run "npm ci --ignore-scripts" first.`);
    process.exit(1);
  }
  if (isSame(source, target)) continue;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
  copied += 1;
}
console.log(`Front-end files: ${copied} copied, ${FILES.length - copied} already there.`);
