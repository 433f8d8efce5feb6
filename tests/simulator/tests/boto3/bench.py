"""Clients on the simulator at the endpoint given, and what all conversations ask them."""

import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
MANAGEMENT = "111122223333"


def service(name):
    return boto3.client(
        name,
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False),
    )


organizations = service("organizations")
account = service("account")


def control(method, body=None):
    body = json.dumps(body).encode()
    request = urllib.request.Request(f"{ENDPOINT}/_simulator/{method}", body, method="POST")
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def refusal(call, **arguments):
    """Code and reason of the refusal of a call."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response.get("Reason")
    raise AssertionError(f"not refused: {answer}")


def members():
    pages = organizations.get_paginator("list_accounts").paginate()
    return [it["Id"] for page in pages for it in page["Accounts"] if it["Id"] != MANAGEMENT]
