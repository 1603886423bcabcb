#!/usr/bin/env bash
# Runs every script in bench/, each of which prints what it measured and the ratio.
set -uo pipefail
cd "$(dirname "$0")/.."

scripts/debian_packages.sh postgresql || exit 1
failed=()
for script in bench/*.py; do
  name="$(basename "$script" .py)"
  case "$name" in _*) continue ;; esac
  printf '\n\033[1m== %s\033[0m\n' "$name"
  .venv/bin/python -m "bench.$name" || failed+=("$name")
done
if [ "${#failed[@]}" -gt 0 ]; then
  printf '\nFailed: %s\n' "${failed[*]}" >&2
  exit 1
fi
