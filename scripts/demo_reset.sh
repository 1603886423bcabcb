#!/usr/bin/env bash
# Deletes the demo's database and files (the data folder) and loads the demo anew.
# Asks first, unless FORCE=1.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

if [ -n "${HUB_DATABASE_URL:-}" ]; then
  echo "Stopped: HUB_DATABASE_URL is set. Only the demo on SQLite is reset; drop that database yourself." >&2
  exit 1
fi
data="${HUB_DATA:-instance}"
if [ -e "$data" ] && [ ! -e "$data/hub.sqlite3" ]; then
  echo "Stopped: $data holds no hub.sqlite3, so it is not the hub's data folder." >&2
  exit 1
fi
if [ "${FORCE:-}" != 1 ] && [ -e "$data" ]; then
  read -r -p "Delete everything in $data and load the demo anew? [y/N] " answer || answer=""
  if [ "$answer" != y ] && [ "$answer" != Y ]; then
    echo "Nothing was deleted."
    exit 1
  fi
fi
rm -rf "${data:?}"
scripts/install.sh runtime
.venv/bin/flask db upgrade
.venv/bin/flask hub load-demo
