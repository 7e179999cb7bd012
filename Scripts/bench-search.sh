#!/bin/sh
# Measures search beside other libraries, writes the page, and fails when a figure is not what is promised. The other libraries are in an
# environment of their own, .venv-search; one that cannot be installed is left out with words. Arguments go to Benchmarks/search/measure.py.
set -eu
cd "$(dirname "$0")/.."
python=.venv-search/bin/python
requirements=Benchmarks/search/requirements.txt

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "search: Python 3.11 or later is needed, got $(python3 --version)" >&2
  exit 1
}
if ! $python -c 'import pip' 2>/dev/null || ! grep -qxF "$PWD" .venv-search/.made-for 2>/dev/null; then
  rm -rf .venv-search
  python3 -m venv .venv-search
  echo "$PWD" >.venv-search/.made-for
fi
if ! cmp -s $requirements .venv-search/.has; then
  pip="$python -m pip install --quiet --disable-pip-version-check"
  torch=$(Scripts/cpu_torch.sh $python)
  echo "search: installing $torch and" $(cat $requirements)
  # Word splitting of $pip and $torch is meant: they are lists. torch goes first, so that the rest finds it there.
  if $pip $torch && $pip -r $requirements; then
    cp $requirements .venv-search/.has
  else
    while read -r one; do $pip "$one" || echo "search: $one cannot be installed; what needs it is left out" >&2; done <$requirements
  fi
fi

swift build -c release --package-path Benchmarks -j "${JOBS:-2}" >&2
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT
status=0
# Its commands, e.g. `optuna`, come first.
PATH="$PWD/.venv-search/bin:$PATH"
for script in ask importance inheritance; do
  [ -e "Benchmarks/search/$script.py" ] || continue
  echo "== $script"
  $python "Benchmarks/search/$script.py" --json "$figures" || status=1
done
echo "== measure"
mkdir -p Docs/results
$python Benchmarks/search/measure.py --also "$figures" --page Docs/results/search.md "$@" || status=1
exit $status
