#!/usr/bin/env bash
# Renew requirements.lock: exact versions with hashes, no download addresses. Run after changing pyproject.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
python3 -m venv "$tool"
"$tool/bin/pip" install --quiet --disable-pip-version-check uv
"$tool/bin/uv" pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-annotate --extra dev \
  --python-version 3.11 --output-file requirements.lock pyproject.toml
printf 'setuptools\n' | "$tool/bin/uv" pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-annotate \
  --python-version 3.11 - >> requirements.lock
! grep -nE 'https?://' requirements.lock
