#!/usr/bin/env bash
# Everything that must hold before a change goes in: installs what is missing, then checks style,
# types and imports beside the tests on SQLite, in a browser and on PostgreSQL. Goes on after a
# failed step, and fails at the end, with the commands that run again what failed.
# HUB_TEST_WORKERS: how many processes test at once (default: one a core, at least two).
# HUB_TEST_EXAMPLES: how many times as many examples the property tests draw (default: 1).
set -uo pipefail
cd "$(dirname "$0")/.."

workers="${HUB_TEST_WORKERS:-$(nproc)}"
[ "$workers" -ge 2 ] || workers=2
examples="${HUB_TEST_EXAMPLES:-1}"
unset "${!HUB_@}"
export FLASK_APP=wsgi.py HUB_TEST_EXAMPLES="$examples"
logs="$(mktemp -d)"
trap 'rm -rf "$logs"' EXIT
failed=()
summary=()

record() {
  local name="$1" result="$2" seconds="$3"
  if [ "$result" = FAILED ]; then failed+=("$name"); fi
  summary+=("$(printf '%-8s %4d s  %s' "$result" "$seconds" "$name")")
  printf '%s\n' "-- $name: $result after $seconds s"
}

step() {
  local name="$1" started="$SECONDS" result=passed
  shift
  printf '\n\033[1m== %s\033[0m\n' "$name"
  "$@" </dev/null || result=FAILED
  record "$name" "$result" "$((SECONDS - started))"
  [ "$result" = passed ]
}

checks() {
  local result=0
  .venv/bin/ruff check . || result=1
  .venv/bin/ruff format --check . || result=1
  .venv/bin/mypy || result=1
  .venv/bin/lint-imports --no-logo || result=1
  return "$result"
}

tests() {
  local database="$1"
  shift
  .venv/bin/pytest -q -n "$workers" --dist loadgroup --durations=10 --database "$database" "$@" \
    | tee "$logs/$database"
}

# What failed on a database, as the command that runs it again.
rerun() {
  local database="$1" names
  names="$(sed -nE 's/^(FAILED|ERROR) (tests[^ ]*).*/\2/p' "$logs/$database" 2>/dev/null | sort -u | head -20)"
  [ -n "$names" ] || return 0
  printf '\nFailed on %s; to run them again:\n  .venv/bin/pytest --database %s' "$database" "$database"
  printf " \\\\\n    '%s'" $names
  printf '\n'
}

step "Debian packages" scripts/debian_packages.sh python3-venv postgresql chromium poppler-utils || exit 1
step "Installation" scripts/install.sh dev || exit 1
checks_started="$SECONDS"
(checks >"$logs/checks" 2>&1 </dev/null; echo "$? $SECONDS" >"$logs/checked") &
step "Tests on SQLite and in the browser" tests sqlite
step "Tests on PostgreSQL" tests postgresql -m "not browser"
wait
printf '\n\033[1m== Style, types and imports (beside the tests)\033[0m\n'
cat "$logs/checks"
read -r status ended <"$logs/checked"
if [ "$status" -eq 0 ]; then result=passed; else result=FAILED; fi
record "Style, types and imports" "$result" "$((ended - checks_started))"

printf '\n\033[1m== Summary (%d s, %d workers)\033[0m\n' "$SECONDS" "$workers"
printf '%s\n' "${summary[@]}"
if [ "${#failed[@]}" -gt 0 ]; then
  printf 'Failed: %s\n' "${failed[*]}"
  rerun sqlite
  rerun postgresql
  exit 1
fi
echo "All passed."
