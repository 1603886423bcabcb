#!/usr/bin/env bash
# Installs the Debian packages that stand behind the named programs, where they are missing:
# `debian_packages.sh postgresql chromium poppler-utils`. Says what to install where it can't.
set -euo pipefail

is_there() {
  case "$1" in
    postgresql) command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
    chromium) command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
      || command -v google-chrome >/dev/null ;;
    poppler-utils) command -v pdfsig >/dev/null && command -v pdftotext >/dev/null ;;
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    fonts-noto-cjk) compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null ;;
    *) printf 'Unknown package: %s\n' "$1" >&2; exit 2 ;;
  esac
}

missing=()
for package in "$@"; do
  is_there "$package" || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  printf 'Stopped: missing: %s\n  Debian and Ubuntu: sudo apt-get install %s\n' \
    "${missing[*]}" "${missing[*]}" >&2
  exit 1
fi

printf '\033[1mInstalling Debian packages: %s\033[0m\n' "${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
