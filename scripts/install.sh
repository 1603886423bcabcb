#!/usr/bin/env bash
# Installs what the hub needs into .venv and hub/static: `install.sh runtime` or `install.sh dev`.
# Steps whose lock files have not changed are skipped, so it is quick to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

kind="${1:-runtime}"

say() { printf '\033[1m%s\033[0m\n' "$*"; }

stop() {
  printf 'Stopped: %s\n' "$1" >&2
  shift
  printf '  %s\n' "$@" >&2
  exit 1
}

find_python() {
  local candidate
  for candidate in python3.11 python3 python3.12 python3.13; do
    if command -v "$candidate" >/dev/null \
      && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  stop "Python 3.11 or newer is missing." \
    "Debian and Ubuntu: sudo apt-get install python3 python3-venv" \
    "macOS: brew install python@3.11"
}

check_node() {
  local major=0
  if command -v node >/dev/null; then
    major="$(node -p 'process.versions.node.split(".")[0]')"
  fi
  if [ "$major" -lt 18 ]; then
    stop "Node 18 or newer is missing (it copies style sheets, scripts and fonts)." \
      "Debian and Ubuntu: sudo apt-get install nodejs npm" "macOS: brew install node"
  fi
  command -v npm >/dev/null || stop "npm is missing." \
    "Debian and Ubuntu: sudo apt-get install npm" "macOS: brew install node"
}

make_environment() {
  if [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then
    return
  fi
  say "Making the virtual environment in .venv"
  rm -rf .venv
  "$python" -m venv .venv 2>/dev/null || stop "Python can't make a virtual environment." \
    "Debian and Ubuntu: sudo apt-get install python3-venv"
}

# A step is done when its stamp holds the checksum of the files it was done for.
is_done() {
  local stamp="$1"
  shift
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cat "$@" | cksum)" ]
}

mark_done() {
  local stamp="$1"
  shift
  cat "$@" | cksum >"$stamp"
}

install_python_packages() {
  # The development lock holds the runtime lock whole: having it installed is enough for both.
  if is_done .venv/installed-dev requirements-dev.txt \
    || { [ "$kind" = runtime ] && is_done .venv/installed-runtime requirements.txt; }; then
    return
  fi
  local lock=requirements.txt
  if [ "$kind" = dev ]; then lock=requirements-dev.txt; fi
  say "Installing Python packages from $lock"
  rm -f .venv/installed-dev .venv/installed-runtime
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  mark_done ".venv/installed-$kind" "$lock"
}

install_front_end() {
  local sources=(package.json package-lock.json scripts/copy_frontend.mjs)
  if is_done .venv/installed-front-end "${sources[@]}" && node scripts/copy_frontend.mjs >/dev/null 2>&1; then
    return
  fi
  say "Installing front-end files"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  node scripts/copy_frontend.mjs
  mark_done .venv/installed-front-end "${sources[@]}"
}

compile_translations() {
  if [ -d hub/translations ]; then
    .venv/bin/pybabel --quiet compile --directory hub/translations
  fi
}

python="$(find_python)"
check_node
make_environment
install_python_packages
install_front_end
compile_translations
