#!/usr/bin/env bash
# Writes a migration from the difference between the models and a database that has all
# migrations so far: `migration.sh "add grades"`.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${1:-}" ]; then
  echo 'Say what changes: make migration m="add grades"' >&2
  exit 1
fi
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
unset "${!HUB_@}"
export FLASK_APP=wsgi.py HUB_DATA="$folder"
.venv/bin/flask db upgrade
.venv/bin/flask db migrate -m "$1"
.venv/bin/ruff format --quiet migrations/versions
