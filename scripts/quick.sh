#!/usr/bin/env bash
# The inner loop: style, types, the import contract, and the tests of one package on SQLite with
# those of the architecture. `quick.sh payments`; without a name, all but the browser's.
# HUB_TEST_WORKERS as for `make test`.
set -uo pipefail
cd "$(dirname "$0")/.."

package="${1:-}"
workers="${HUB_TEST_WORKERS:-$(nproc)}"
unset "${!HUB_@}"
export FLASK_APP=wsgi.py
if [ -n "$package" ] && [ ! -d "tests/$package" ]; then
  printf 'There is no tests/%s. The packages with tests: %s\n' "$package" "$(cd tests && echo */ | tr -d /)" >&2
  exit 2
fi
logs="$(mktemp -d)"
trap 'rm -rf "$logs"' EXIT

(
  result=0
  .venv/bin/ruff check . || result=1
  .venv/bin/ruff format --check --quiet . || result=1
  # The daemon keeps what it knows of the types between two runs.
  .venv/bin/dmypy run --timeout 3600 -- --no-error-summary || result=1
  .venv/bin/lint-imports --no-logo || result=1
  exit "$result"
) >"$logs/checks" 2>&1 </dev/null &
checks=$!

result=0
.venv/bin/pytest -q -n "$workers" --dist loadgroup -m "not browser" \
  "tests/${package:-}" tests/architecture </dev/null || result=1
if ! wait "$checks"; then
  cat "$logs/checks"
  result=1
fi
if [ "$result" -eq 0 ]; then echo "Passed in $SECONDS s."; else echo "Failed after $SECONDS s."; fi
exit "$result"
