#!/bin/sh
# Builds the library for C, compiles a C and a C++ program with it, changes both while they run, and proves that neither needs Swift there.
set -eu
cd "$(dirname "$0")"
swift build -c release -Xswiftc -static-stdlib -j 2
library=$(swift build -c release -Xswiftc -static-stdlib --show-bin-path)
mkdir -p .build/made
flags="-O2 -Wall -Wextra -Werror -I../../Sources/CAttune/include -L$library -Wl,-rpath,$library"
# shellcheck disable=SC2086  # the flags are words
cc -std=c11 $flags train.c -lAttuneC -lm -o .build/made/train-c
# shellcheck disable=SC2086
c++ -std=c++17 $flags train.cpp -lAttuneC -o .build/made/train-cpp
if ldd "$library/libAttuneC.so" | grep -q libswift; then
  echo "libAttuneC.so needs Swift where it runs: $(ldd "$library/libAttuneC.so" | grep libswift | head -1)" >&2
  exit 1
fi
python3 drive.py .build/made/train-c .build/made/train-cpp "$library/train"
echo "c-live: C and C++ compiled, $(wc -c <"$library/libAttuneC.so") bytes of library, without Swift at run time"
