#!/bin/sh
# A browser for the tests of the dashboard's page: installed where that is possible without asking, and else its tests say they are skipped.
set -u
cd "$(dirname "$0")/.."

if ! command -v chromium >/dev/null && command -v apt-get >/dev/null; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  echo "browser: installing chromium"
  { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium; } >/dev/null 2>&1 ||
    echo "browser: chromium could not be installed; the tests of the page are skipped. As root: apt-get install chromium" >&2
fi
.venv/bin/python -c 'import playwright' 2>/dev/null ||
  .venv/bin/python -m pip install --quiet --disable-pip-version-check playwright==1.65.2 ||
  echo "browser: playwright could not be installed; the tests of the page are skipped" >&2
exit 0
