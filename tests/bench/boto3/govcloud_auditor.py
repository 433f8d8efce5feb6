"""Audits the GovCloud link of a batch of accounts with ten threads."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from clients import IN_FLIGHT, client, publish

logger = Logger()
KEYS_A_CALL = 100

account = client("account")
dynamodb = client("dynamodb")
client("sns")
s3 = client("s3")


@logger.inject_lambda_context
def handler(event, context):
    bucket, table, item = os.environ["BUCKET"], os.environ["LEDGER_TABLE"], event["item"]
    batch = json.load(s3.get_object(Bucket=bucket, Key=item["batch"])["Body"])
    ids = [it["id"] for it in batch["accounts"]]
    known = links_before(table, ids)
    with ThreadPoolExecutor(max_workers=IN_FLIGHT) as pool:
        links = dict(zip(ids, pool.map(link, ids)))
    for id, now in links.items():
        if known.get(id) != now:
            row = {"id": {"S": f"boto3#{id}"}, "link": {"S": now}}
            dynamodb.put_item(TableName=table, Item=row)
            publish("GovCloudLinkChanged", id, {"accountId": id, "link": now})
    s3.put_object(Bucket=bucket, Key=item["result"], Body=json.dumps(links).encode())
    return {"accounts": len(links)}


def links_before(table, ids):
    known = {}
    for start in range(0, len(ids), KEYS_A_CALL):
        keys = [{"id": {"S": f"boto3#{id}"}} for id in ids[start : start + KEYS_A_CALL]]
        asked = {table: {"Keys": keys}}
        while asked:
            answer = dynamodb.batch_get_item(RequestItems=asked)
            for row in answer["Responses"].get(table, []):
                known[row["id"]["S"].removeprefix("boto3#")] = row["link"]["S"]
            asked = answer.get("UnprocessedKeys")
    return known


def link(id):
    try:
        answer = account.get_gov_cloud_account_information(StandardAccountId=id)
        return f"{answer['GovCloudAccountId']} {answer['AccountState']}"
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return "none"
        raise
