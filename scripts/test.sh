#!/usr/bin/env bash
# Everything that must hold before a change goes in: installs what is missing, then checks style,
# types, imports and behaviour on SQLite, on PostgreSQL and in a browser. Goes on after a failed
# step, and fails at the end.
set -uo pipefail
cd "$(dirname "$0")/.."

unset "${!HUB_@}"
export FLASK_APP=wsgi.py
failed=()
summary=()

step() {
  local name="$1" started="$SECONDS" result=passed
  shift
  printf '\n\033[1m== %s\033[0m\n' "$name"
  "$@" </dev/null || result=FAILED
  if [ "$result" = FAILED ]; then failed+=("$name"); fi
  summary+=("$(printf '%-8s %4d s  %s' "$result" "$((SECONDS - started))" "$name")")
  printf '%s\n' "-- $name: $result after $((SECONDS - started)) s"
  [ "$result" = passed ]
}

step "Debian packages" scripts/debian_packages.sh python3-venv postgresql chromium poppler-utils || exit 1
step "Installation" scripts/install.sh dev || exit 1
step "Style (ruff check)" .venv/bin/ruff check .
step "Format (ruff format)" .venv/bin/ruff format --check .
step "Types (mypy)" .venv/bin/mypy
step "Import contract" .venv/bin/lint-imports --no-logo
step "Tests on SQLite and in the browser" .venv/bin/pytest -q -n 2 --dist loadgroup --database sqlite
step "Tests on PostgreSQL" .venv/bin/pytest -q -n 2 --dist loadgroup --database postgresql -m "not browser"

printf '\n\033[1m== Summary (%d s)\033[0m\n' "$SECONDS"
printf '%s\n' "${summary[@]}"
if [ "${#failed[@]}" -gt 0 ]; then
  printf 'Failed: %s\n' "${failed[*]}"
  exit 1
fi
echo "All passed."
