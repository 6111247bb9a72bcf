#!/usr/bin/env bash
# Make .venv with everything Digitizer needs. Safe to run again: does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

system_packages=(tesseract-ocr tesseract-ocr-vie tesseract-ocr-osd poppler-utils bubblewrap sane-utils python3-venv
                 fonts-croscore fonts-dejavu-core fonts-freefont-ttf
                 strace  # the tests kill at chosen system calls with it
                 chromium  # the tests drive the web pages with it
                 postgresql)  # the tests start servers of their own from its binaries; none runs as a service

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

missing=()
command -v npm >/dev/null || system_packages+=(npm)  # fetches the front-end libraries, then has no more to do
if command -v dpkg-query >/dev/null; then
  for package in "${system_packages[@]}"; do installed "$package" || missing+=("$package"); done
fi
if [ "${#missing[@]}" -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
  if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
    echo "setup: installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    if [[ " ${missing[*]} " == *" postgresql "* ]]; then  # binaries only: no cluster is made, nothing starts
      "${as_root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
      echo 'create_main_cluster = false' |
        "${as_root[@]}" tee /etc/postgresql-common/createcluster.d/digitizer.conf >/dev/null
    fi
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "setup: these system packages are missing and this user may not install them. Run:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    exit 3
  fi
fi

python=${PYTHON:-python3}
"$python" - <<'PY' || { echo "setup: Python 3.11 or newer is needed; set PYTHON=/path/to/python3" >&2; exit 3; }
import sys
sys.exit(sys.version_info < (3, 11))
PY

# A stamp of what was installed from; a moved folder needs a new environment (scripts name their python).
stamp="$(cat requirements.lock pyproject.toml scripts/setup.sh digitizer/web/libraries.json tests/servers/oidc/package-lock.json | sha256sum | cut -d' ' -f1) $PWD"
if [ "$(cat .venv/.stamp 2>/dev/null || true)" = "$stamp" ]; then exit 0; fi
echo "setup: making .venv (about a minute)"
rm -rf .venv
"$python" -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
.venv/bin/python -m scripts.libraries
echo "$stamp" > .venv/.stamp
echo "setup: done"
