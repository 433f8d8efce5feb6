"""Clients as a good Python engineer would set them up: made once a process, standard retries, enough connections."""

import json
import os
from functools import cache

import boto3
from botocore.config import Config

IN_FLIGHT = 10

_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 4},
    connect_timeout=3,
    read_timeout=15,
    max_pool_connections=IN_FLIGHT,
    s3={"addressing_style": "path"},
)


@cache
def client(service):
    return boto3.client(service, config=_CONFIG)


def publish(kind, account, detail):
    client("sns").publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=f"{kind} {account}",
        Message=json.dumps({"type": kind, "detail": detail}),
        MessageAttributes={"type": {"DataType": "String", "StringValue": kind}},
    )
