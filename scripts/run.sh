#!/usr/bin/env bash
# Installs, brings the database up to date, loads the demo and serves the hub with its jobs.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

say() { printf '\033[1m%s\033[0m\n' "$*"; }

scripts/install.sh runtime
say "Bringing the database up to date"
.venv/bin/flask db upgrade
case "$HUB_DEMO" in
  1 | true | yes | on)
    say "Loading the demo"
    .venv/bin/flask hub load-demo
    ;;
esac
exec .venv/bin/python scripts/serve.py
