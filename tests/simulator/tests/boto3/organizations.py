"""One conversation per operation of Organizations."""

import time

from bench import MANAGEMENT, control, members, organizations, refusal


def finished(request_id):
    for _ in range(200):
        answer = organizations.describe_create_account_status(CreateAccountRequestId=request_id)
        status = answer["CreateAccountStatus"]
        if status["State"] != "IN_PROGRESS":
            return status
        time.sleep(0.1)
    raise AssertionError("still in progress")


def create_account():
    answer = organizations.create_account(
        AccountName="New",
        Email="new@example.com",
        RoleName="Role",
        IamUserAccessToBilling="DENY",
        Tags=[{"Key": "team", "Value": "red"}],
    )
    begun = answer["CreateAccountStatus"]
    assert begun["State"] == "IN_PROGRESS" and "AccountId" not in begun, begun
    assert answer["ResponseMetadata"]["RequestId"].count("-") == 4, answer
    done = finished(begun["Id"])
    assert done["State"] == "SUCCEEDED" and len(done["AccountId"]) == 12, done
    assert done["RequestedTimestamp"] < done["CompletedTimestamp"], done
    assert done["RequestedTimestamp"] == begun["RequestedTimestamp"], done
    refused = refusal(organizations.create_account, AccountName="New", Email="no address")
    assert refused == ("InvalidInputException", "INVALID_PATTERN"), refused


def create_gov_cloud_account():
    answer = organizations.create_gov_cloud_account(AccountName="Gov", Email="g+instant@example.com")
    done = finished(answer["CreateAccountStatus"]["Id"])
    assert done["AccountId"] in members(), done
    assert done["GovCloudAccountId"] not in members(), done


def describe_create_account_status():
    answer = organizations.create_account(AccountName="Bad", Email="b+instant+INTERNAL_FAILURE@example.com")
    done = finished(answer["CreateAccountStatus"]["Id"])
    assert done["FailureReason"] == "INTERNAL_FAILURE" and "AccountId" not in done, done
    unknown = "car-examplecreateaccountrequestid111"
    refused = refusal(organizations.describe_create_account_status, CreateAccountRequestId=unknown)
    assert refused == ("CreateAccountStatusNotFoundException", None), refused


def list_create_account_status():
    control("add_history", {"count": 100, "failed": 0.5, "from": 1.7e9, "to": 1.8e9})
    pages = organizations.get_paginator("list_create_account_status")
    expected = {it["id"]: it["state"] for it in control("terminal_requests")}
    rows = [row for page in pages.paginate() for row in page["CreateAccountStatuses"]]
    assert len(rows) == len(expected) > 100, (len(rows), len(expected))
    assert {row["Id"]: row["State"] for row in rows} == expected
    failed = pages.paginate(States=["FAILED"], PaginationConfig={"PageSize": 5})
    failed = [row["Id"] for page in failed for row in page["CreateAccountStatuses"]]
    assert sorted(failed) == sorted(id for id, state in expected.items() if state == "FAILED")
    refused = refusal(organizations.list_create_account_status, NextToken="made up")
    assert refused == ("InvalidInputException", "INVALID_NEXT_TOKEN"), refused
    control("set_faults", [{"operation": "ListCreateAccountStatus", "kind": "throttle"}])
    refused = refusal(organizations.list_create_account_status)
    control("set_faults", [])
    assert refused == ("TooManyRequestsException", None), refused


def list_accounts():
    ids = members()
    assert len(ids) == len(set(ids)) >= 49, ids


def describe_account():
    account = organizations.describe_account(AccountId=MANAGEMENT)["Account"]
    assert account["State"] == "ACTIVE" and "Status" not in account, account
    assert account["Paths"] == [f"o-exampleorg1/r-exam/{MANAGEMENT}/"], account
    refused = refusal(organizations.describe_account, AccountId="000000000000")
    assert refused == ("AccountNotFoundException", None), refused


def describe_organization():
    organization = organizations.describe_organization()["Organization"]
    assert organization["Id"] == "o-exampleorg1", organization
    assert organization["MasterAccountId"] == MANAGEMENT, organization


def tag_resource():
    organizations.tag_resource(ResourceId=MANAGEMENT, Tags=[{"Key": "team", "Value": "red"}])
    refused = refusal(organizations.tag_resource, ResourceId="000000000000", Tags=[])
    assert refused == ("TargetNotFoundException", None), refused


def list_tags_for_resource():
    pages = organizations.get_paginator("list_tags_for_resource").paginate(ResourceId=MANAGEMENT)
    tags = [tag for page in pages for tag in page["Tags"]]
    assert tags == [{"Key": "team", "Value": "red"}], tags


def list_parents():
    pages = organizations.get_paginator("list_parents")
    parents = [it for page in pages.paginate(ChildId=MANAGEMENT) for it in page["Parents"]]
    assert parents == [{"Id": "r-exam", "Type": "ROOT"}], parents
    refused = refusal(organizations.list_parents, ChildId="000000000000")
    assert refused == ("ChildNotFoundException", None), refused


def move_account():
    account = members()[0]
    path = organizations.describe_account(AccountId=account)["Account"]["Paths"][0]
    source = path.split("/")[-3]
    move = {"AccountId": account, "DestinationParentId": "r-exam"}
    organizations.move_account(SourceParentId=source, **move)
    path = organizations.describe_account(AccountId=account)["Account"]["Paths"][0]
    assert path == f"o-exampleorg1/r-exam/{account}/", path
    refused = refusal(organizations.move_account, SourceParentId=source, **move)
    assert refused == ("SourceParentNotFoundException", None), refused


def close_account():
    account = members()[0]
    organizations.close_account(AccountId=account)
    state = organizations.describe_account(AccountId=account)["Account"]["State"]
    assert state == "PENDING_CLOSURE", state
    refused = refusal(organizations.close_account, AccountId=MANAGEMENT)
    assert refused == ("ConstraintViolationException", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT"), refused


CONVERSATIONS = [
    create_account,
    create_gov_cloud_account,
    describe_create_account_status,
    list_create_account_status,
    list_accounts,
    describe_account,
    describe_organization,
    tag_resource,
    list_tags_for_resource,
    list_parents,
    move_account,
    close_account,
]
