#!/bin/sh
# Tests the recipes with their frameworks, in an environment of its own: .venv-recipes, 1.9 GB with torch for CPUs. Quick when nothing is
# missing. TORCH names another torch than the one found: TORCH='torch==2.13.0+cpu' make test-recipes.
set -eu
cd "$(dirname "$0")/.."
python=.venv-recipes/bin/python
cpu=https://download.pytorch.org/whl/cpu

complain() {
  echo "recipes: $*" >&2
  exit 1
}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || complain "Python 3.11 or later is needed, got $(python3 --version)"
if ! $python -c 'import pip' 2>/dev/null || ! grep -qxF "$PWD" .venv-recipes/.made-for 2>/dev/null; then
  rm -rf .venv-recipes
  python3 -m venv .venv-recipes
  echo "$PWD" >.venv-recipes/.made-for
fi

wanted=$($python -c '
import tomllib
extras = tomllib.load(open("Python/pyproject.toml", "rb"))["project"]["optional-dependencies"]
print("\n".join(sorted({one for name, extra in extras.items() for one in extra})))')
stamp="$wanted
${TORCH:-}"
if [ "$(cat .venv-recipes/.has 2>/dev/null)" != "$stamp" ]; then
  # PyPI's torch for Linux brings several GB for GPUs. One for CPUs is at torch's own index, or among wheels that pip was told of.
  index=""
  if [ -z "${TORCH:-}" ]; then
    if $python -c "import urllib.request; urllib.request.urlopen('$cpu/torch/', timeout=10)" 2>/dev/null; then
      index="--extra-index-url $cpu"
    else
      TORCH=$($python -m pip index versions torch 2>/dev/null | tr -d ' ' | tr , '\n' | sed -n 's/^\(.*+cpu\)$/torch==\1/p' | head -n 1)
    fi
  fi
  echo "recipes: installing ${TORCH:-torch} and" $wanted
  # Word splitting of $index and $wanted is meant: they are lists.
  $python -m pip install --quiet --disable-pip-version-check $index ${TORCH:+"$TORCH"} $wanted pytest ||
    complain "pip could not install the frameworks; is a package index in reach?"
  echo "$stamp" >.venv-recipes/.has
fi

PYTHONPATH=Python exec $python -m pytest -q Python/tests/recipes "$@"
