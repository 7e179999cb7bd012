#!/bin/sh
# Installs what this machine lacks, and nothing else: Debian packages, and a Python environment in .venv with the requirement files
# named as arguments. Quick when nothing is missing.
set -eu
cd "$(dirname "$0")/.."

complain() {
  echo "setup: $*" >&2
  exit 1
}

command -v swift >/dev/null || complain "no 'swift' in PATH; Swift 6.3 is needed, see https://www.swift.org/install. Nothing was changed."

# What is missing is found by what it provides, so that other ways of installing it count.
missing=""
[ -e /usr/include/sqlite3.h ] || [ "$(uname)" = Darwin ] || missing="$missing libsqlite3-dev"
command -v git >/dev/null || missing="$missing git"
command -v awk >/dev/null || missing="$missing mawk"
command -v python3 >/dev/null || missing="$missing python3"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"

if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || complain "missing:$missing (Debian's names). Install them your way, then run this again."
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || complain "missing:$missing, and no sudo. As root: apt-get install$missing"
    as_root="sudo"
  fi
  echo "setup: installing$missing"
  # Word splitting of $missing is meant: it is a list of names.
  { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing; } ||
    complain "apt-get failed. As root: apt-get update && apt-get install$missing"
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || complain "Python 3.11 or later is needed, got $(python3 --version)"

# An environment whose Python is gone (an upgrade, a moved folder) is made anew.
if ! .venv/bin/python -c 'import pip' 2>/dev/null || ! grep -qxF "$PWD" .venv/.made-for 2>/dev/null; then
  echo "setup: making a Python environment in .venv"
  rm -rf .venv
  python3 -m venv .venv
  # The client library as it stands in this tree.
  echo "$PWD/Python" >"$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/attune.pth"
  echo "$PWD" >.venv/.made-for
fi

for requirements in "$@"; do
  stamp=".venv/.has-$(echo "$requirements" | tr / -)"
  if ! cmp -s "$requirements" "$stamp"; then
    echo "setup: installing $requirements"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements" ||
      complain "pip could not install $requirements; is a package index in reach?"
    cp "$requirements" "$stamp"
  fi
done
