"""Stands in for the sweep's function and its workers under Lambda's Runtime API, and does as a scenario says.

`<scenario>.json` has `answers`, one for each step that succeeds, and `faults`: by call, the errors of the first of them.
Each call becomes a line of `<scenario>.calls`, before its answer: also where it ends this program.
"""

import json
import os
import pathlib
import signal
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
FOLDER = pathlib.Path(os.environ["SCENARIOS"])
# Empty for the sweep's own function.
WORKER = os.environ["WORKER"]
# What must not travel from state to state.
TEXT = os.environ["TEXT"]


class Fault(Exception):
    pass


def handle(event):
    scenario = event["execution"].rsplit(":", 1)[1] if "execution" in event else event["sweep"]
    script = json.loads((FOLDER / f"{scenario}.json").read_text())
    step = event["step"]
    # `sweeps/…/batch-7.json` is batch 7.
    number = event["item"]["batch"].rsplit("-", 1)[1].removesuffix(".json") if step == "batch" else ""
    name = f"{WORKER}-{number}" if step == "batch" else f"{WORKER}{step}"

    with open(FOLDER / f"{scenario}.calls", "a+") as file:
        file.seek(0)
        calls = [json.loads(line) for line in file]
        faults = script["faults"].get(name, [])
        times = sum(call["name"] == name for call in calls)
        fault = faults[times] if times < len(faults) else None
        answers = fault is None and step not in ("batch", "fail")
        file.write(json.dumps({"name": name, "answers": answers, "event": event}) + "\n")

    if fault == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault:
        raise Fault(fault)
    return script["answers"][sum(call["answers"] for call in calls)] if answers else {"of": name}


def post(path, body):
    urllib.request.urlopen(urllib.request.Request(f"{API}/{path}", json.dumps(body).encode())).close()


while True:
    with urllib.request.urlopen(f"{API}/next") as response:
        request, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.load(response)
    try:
        answer = handle(event)
    except Exception as error:
        kind = str(error) if isinstance(error, Fault) else type(error).__name__
        post(f"{request}/error", {"errorType": kind, "errorMessage": TEXT})
    else:
        post(f"{request}/response", answer)
