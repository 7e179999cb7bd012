#!/bin/sh
# Prints arguments for pip that bring torch for CPUs: PyPI's for Linux brings several GB for GPUs. One for CPUs is at torch's own index, or
# among wheels that pip was told of; else it is PyPI's. Its argument is the Python of an environment; TORCH names another torch.
set -eu
cpu=https://download.pytorch.org/whl/cpu

if [ -n "${TORCH:-}" ]; then
  echo "$TORCH"
elif "$1" -c "import urllib.request; urllib.request.urlopen('$cpu/torch/', timeout=10)" 2>/dev/null; then
  echo "--extra-index-url $cpu torch"
else
  found=$("$1" -m pip index versions torch 2>/dev/null | tr -d ' ' | tr , '\n' | sed -n 's/^\(.*+cpu\)$/torch==\1/p' | head -n 1)
  echo "${found:-torch}"
fi
