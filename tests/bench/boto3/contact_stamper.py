"""Puts the standard contacts on accounts: records of a queue, or a batch of a sweep with ten threads."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from botocore.exceptions import ClientError

from clients import IN_FLIGHT, client, publish

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS)
KINDS = ("BILLING", "OPERATIONS", "SECURITY")
FIELDS = {"Name": "name", "Title": "title", "EmailAddress": "emailAddress", "PhoneNumber": "phoneNumber"}

account = client("account")
organizations = client("organizations")
dynamodb = client("dynamodb")
ssm = client("ssm")
client("sns")
s3 = client("s3")


@logger.inject_lambda_context
def handler(event, context):
    if "Records" in event:
        return process_partial_response(
            event=event, record_handler=stamp_record, processor=processor, context=context
        )
    return sweep(event)


def stamp_record(record):
    body = json.loads(record.body)
    id = body["detail"]["accountId"]
    if organizations.describe_account(AccountId=id)["Account"].get("State", "ACTIVE") != "ACTIVE":
        return
    changes = plan(standard(), id)
    for kind, contact in changes.items():
        account.put_alternate_contact(AccountId=id, AlternateContactType=kind, **contact)
        dynamodb.put_item(TableName=os.environ["LEDGER_TABLE"], Item={"id": {"S": f"boto3#{id}#{kind}"}})
    if changes:
        publish("ContactsStamped", id, {"accountId": id, "changes": sorted(changes)})


def sweep(order):
    """Reads the contacts of a batch of accounts and leaves in the bucket what is to be changed."""
    bucket, item = os.environ["BUCKET"], order["item"]
    batch = json.load(s3.get_object(Bucket=bucket, Key=item["batch"])["Body"])
    wanted = standard()
    ids = [it["id"] for it in batch["accounts"]]
    with ThreadPoolExecutor(max_workers=IN_FLIGHT) as pool:
        plans = list(pool.map(lambda id: plan(wanted, id), ids))
    results = [{"id": id, "changes": sorted(changes)} for id, changes in zip(ids, plans)]
    s3.put_object(Bucket=bucket, Key=item["result"], Body=json.dumps(results).encode())
    return {"accounts": len(results)}


def standard():
    policy = json.loads(ssm.get_parameter(Name="policy", WithDecryption=True)["Parameter"]["Value"])
    contacts = policy["organization"]["contacts"]
    return {kind: {name: contacts[kind][field] for name, field in FIELDS.items()} for kind in KINDS}


def plan(wanted, id):
    return {kind: contact for kind, contact in wanted.items() if read(id, kind) != contact}


def read(id, kind):
    try:
        contact = account.get_alternate_contact(AccountId=id, AlternateContactType=kind)["AlternateContact"]
        return {name: contact.get(name) for name in FIELDS}
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
