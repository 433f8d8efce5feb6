"""Carries the tests' calls: one JSON request a line in, one JSON answer a line out.

{"service", "operation", "input"} is an AWS call by boto3; {"url", "body"} is a plain HTTP POST.
An object {"archive": {name: text}} inside of an input becomes a zip archive: the code of a function.
Endpoints, credentials and the trusted certificate come from the environment.
"""

import functools
import io
import json
import signal
import sys
import urllib.request
import zipfile

import boto3

# Ctrl-C reaches everything in the terminal; this ends when there are no more requests.
signal.signal(signal.SIGINT, signal.SIG_IGN)

client = functools.cache(boto3.client)


def plain(value):
    """Streams become text, times become ISO text."""
    return value.read().decode() if hasattr(value, "read") else str(value)


def archived(value):
    if value.keys() != {"archive"}:
        return value
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in value["archive"].items():
            archive.writestr(name, text)
    return file.getvalue()


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        text = response.read()
    return json.loads(text) if text else None


def call(service, operation, input):
    output = getattr(client(service), operation)(**input)
    output.pop("ResponseMetadata", None)
    return output


for line in sys.stdin:
    request = json.loads(line, object_hook=archived)
    try:
        answer = {"output": post(**request) if "url" in request else call(**request)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer, default=plain), flush=True)
