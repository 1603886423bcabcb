#!/usr/bin/env bash
# Brings the catalogues in hub/translations up to the texts of the code and compiles them.
# Run twice it changes nothing: no dates, no file names and no left-over messages are written.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
template="$folder/messages.pot"

.venv/bin/pybabel --quiet extract --mapping-file babel.cfg --keyword _l --no-location \
  --sort-output --no-wrap --output-file "$template" hub
.venv/bin/pybabel --quiet update --input-file "$template" --output-dir hub/translations \
  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
.venv/bin/pybabel compile --directory hub/translations --statistics
