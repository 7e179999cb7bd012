"""A training that does nothing but report, some hundred times a second: through the library, or by lines on its output."""

import json
import time

from witness import witness

import attune

config = attune.config({"channel": "library", "steps": 300, "pause": 0.003})
for step in range(1, config["steps"] + 1):
    loss = 1 / (step + config["offset"])
    if config["channel"] == "library":
        attune.report(step=step, loss=loss)
    else:
        print(f"attune: {json.dumps({'step': step, 'loss': loss})}", flush=True)
        witness.note(reported=step, metrics={"loss": loss})
    time.sleep(config["pause"])
