"""Announces finished creation requests: list them, look up which are known, announce the others."""

import os

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from clients import client, publish

logger = Logger()
TABLE = os.environ["LEDGER_TABLE"]
KEYS_A_CALL = 100

organizations = client("organizations")
dynamodb = client("dynamodb")
client("sns")


@logger.inject_lambda_context
def handler(event, context):
    pages = organizations.get_paginator("list_create_account_status").paginate(States=["SUCCEEDED", "FAILED"])
    requests = {request["Id"]: request for page in pages for request in page["CreateAccountStatuses"]}
    new = requests.keys() - known(list(requests))
    for request in new:
        announce(requests[request])
    logger.info("done", extra={"listed": len(requests), "announced": len(new)})
    return {"listed": len(requests), "announced": len(new)}


def known(ids):
    found = set()
    for start in range(0, len(ids), KEYS_A_CALL):
        keys = [{"id": {"S": f"boto3#{id}"}} for id in ids[start : start + KEYS_A_CALL]]
        asked = {TABLE: {"Keys": keys, "ProjectionExpression": "id"}}
        while asked:
            answer = dynamodb.batch_get_item(RequestItems=asked)
            found |= {row["id"]["S"].removeprefix("boto3#") for row in answer["Responses"].get(TABLE, [])}
            asked = answer.get("UnprocessedKeys")
    return found


def announce(request):
    try:
        dynamodb.put_item(
            TableName=TABLE,
            Item={"id": {"S": f"boto3#{request['Id']}"}},
            ConditionExpression="attribute_not_exists(id)",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return
        raise
    account = request.get("AccountId", "none")
    detail = {"requestId": request["Id"], "state": request["State"], "accountId": account}
    publish("AccountCreationEnded", account, detail)
