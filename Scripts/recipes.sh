#!/bin/sh
# Tests the recipes with their frameworks, in an environment of its own: .venv-recipes, 1.9 GB with torch for CPUs. Quick when nothing is
# missing. TORCH names another torch than the one found: TORCH='torch==2.13.0+cpu' make test-recipes.
set -eu
cd "$(dirname "$0")/.."
python=.venv-recipes/bin/python

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
  torch=$(Scripts/cpu_torch.sh $python)
  echo "recipes: installing $torch and" $wanted
  # Word splitting of $torch and $wanted is meant: they are lists.
  $python -m pip install --quiet --disable-pip-version-check $torch $wanted pytest ||
    complain "pip could not install the frameworks; is a package index in reach?"
  echo "$stamp" >.venv-recipes/.has
fi

PYTHONPATH=Python exec $python -m pytest -q Python/tests/recipes "$@"
