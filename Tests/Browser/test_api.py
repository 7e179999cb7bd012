"""The dashboard's interface against its own description: a fuzzer asks what the description allows, and the answers are to be as it says."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from bench import ATTUNE, ROOT, Bench

PAGE = ROOT / "Sources" / "AttuneDashboard" / "Page"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# What ends the experiment that is asked about, or makes trials without end, or never ends answering.
LEFT_OUT = "/(stop|events|fork|suspend|add)$"

pytest.importorskip("schemathesis")
pytestmark = pytest.mark.skipif(not ATTUNE.exists(), reason=f"{ATTUNE} is not built")


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("api"))
    bench.token = bench.serve().split("token=")[1]
    yield bench
    bench.end()


def description(folder):
    """With names of what there is, so that more than refusals are seen."""
    document = json.loads((PAGE / "openapi.json").read_text())
    for [operation] in (path.values() for path in document["paths"].values()):
        for parameter in operation["parameters"]:
            parameter["schema"] = {
                "name": {"enum": ["live", "nothing <b>"]}, "trial": {"type": "integer", "minimum": 1, "maximum": 3},
                "names": {"enum": ["rate", "size,rate", "other"]}, "metric": {"enum": ["loss", "other"]},
                "trials": {"enum": ["1", "2,1", "9"]},
            }.get(parameter["name"], parameter["schema"])
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    return file


def test_answers_are_as_described(bench, tmp_path):
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", str(description(tmp_path)), "--url", f"http://127.0.0.1:{bench.port}/api/v1",
        "-H", f"Authorization: Bearer {bench.token}", "--exclude-path-regex", LEFT_OUT, "--max-examples", "20", "--seed", "1",
        "--phases", "coverage,fuzzing", "--checks", CHECKS,
    ]  # fmt: skip
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert result.returncode == 0, result.stdout[-5000:] + result.stderr[-1000:]


def test_the_description_is_served(bench):
    with urllib.request.urlopen(f"http://127.0.0.1:{bench.port}/openapi.json") as answer:
        assert json.load(answer)["info"]["title"] == "Attune's dashboard"


def test_the_guide_names_every_path():
    guide = (ROOT / "Docs" / "Dashboard.md").read_text()
    for path in json.loads((PAGE / "openapi.json").read_text())["paths"]:
        assert path.split("/")[-1].strip("{}") in guide or path in guide, path
