# Sourced by the other scripts: the environment that the hub's commands run in.
# Variables that are already set win over lines of .env.

read_settings() {
  local name value
  [ -f .env ] || return 0
  while IFS='=' read -r name value || [ -n "$name" ]; do
    if [[ "$name" =~ ^HUB_[A-Z_]+$ && -z "${!name+set}" ]]; then
      export "$name=$value"
    fi
  done <.env
}

read_settings
export FLASK_APP=wsgi.py
export HUB_PORT="${HUB_PORT:-8000}"
export HUB_DEMO="${HUB_DEMO:-1}"
if [ -z "${HUB_PUBLIC_URL:-}" ]; then
  export HUB_PUBLIC_URL="http://127.0.0.1:$HUB_PORT"
fi
