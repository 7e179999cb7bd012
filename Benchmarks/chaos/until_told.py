"""Usage: until_told.py FOLDER. A training that reports until it is told to end: until there is a file `finish` in the folder."""

import sys
import time
from pathlib import Path

import attune

step = 0
while step < 1 or not (Path(sys.argv[1]) / "finish").exists():
    step += 1
    attune.report(step=step, loss=1 / step)
    time.sleep(0.003)
