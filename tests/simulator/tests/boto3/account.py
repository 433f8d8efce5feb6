"""One conversation per operation of Account Management."""

from bench import MANAGEMENT, account, control, organizations, refusal


def active_member():
    """The same at every call: nothing changes the state of accounts any more."""
    states = control("accounts")
    return next(it for it in sorted(states) if states[it] == "ACTIVE" and it != MANAGEMENT)


def put_alternate_contact():
    member = {"AccountId": active_member(), "AlternateContactType": "SECURITY"}
    contact = {"Name": " Ops ", "Title": "Team", "EmailAddress": " o@example.com ", "PhoneNumber": "1"}
    account.put_alternate_contact(**member, **contact)
    stored = control("contacts", {"account": member["AccountId"]})["alternate"]
    assert stored == {"SECURITY": {**contact, "EmailAddress": "o@example.com"}}, stored
    code, _ = refusal(account.put_alternate_contact, **member, **{**contact, "Name": "n" * 65})
    assert code == "ValidationException", code
    control("set_faults", [{"operation": "PutAlternateContact", "kind": "bare_error"}])
    code, _ = refusal(account.put_alternate_contact, **member, **contact)
    control("set_faults", [])
    assert code == "400", code


def get_alternate_contact():
    member = {"AccountId": active_member()}
    get = account.get_alternate_contact
    contact = get(AlternateContactType="SECURITY", **member)["AlternateContact"]
    assert contact["AlternateContactType"] == "SECURITY" and contact["Name"] == " Ops ", contact
    code, _ = refusal(get, AlternateContactType="BILLING", **member)
    assert code == "ResourceNotFoundException", code
    code, _ = refusal(get, AlternateContactType="Security", **member)
    assert code == "AccessDeniedException", code
    code, _ = refusal(get, AlternateContactType="SECURITY", AccountId=MANAGEMENT)
    assert code == "AccessDeniedException", code


def delete_alternate_contact():
    member = {"AccountId": active_member(), "AlternateContactType": "SECURITY"}
    account.delete_alternate_contact(**member)
    code, _ = refusal(account.delete_alternate_contact, **member)
    assert code == "ResourceNotFoundException", code


def get_contact_information():
    answer = account.get_contact_information()
    assert answer["VerificationStatus"] == "VERIFIED", answer
    member = active_member()
    name = organizations.describe_account(AccountId=member)["Account"]["Name"]
    inherited = account.get_contact_information(AccountId=member)["ContactInformation"]
    assert inherited == {**answer["ContactInformation"], "FullName": name}, inherited
    control("set_faults", [{"operation": "GetContactInformation", "kind": "throttle"}])
    code, _ = refusal(account.get_contact_information)
    control("set_faults", [])
    assert code == "TooManyRequestsException", code


def put_contact_information():
    member = active_member()
    contact = account.get_contact_information(AccountId=member)["ContactInformation"]
    contact = {**contact, "City": " Bonn ", "CountryCode": "de", "PhoneNumber": "+49 228 5550100"}
    del contact["StateOrRegion"]
    account.put_contact_information(AccountId=member, ContactInformation=contact)
    answer = account.get_contact_information(AccountId=member)
    assert answer["VerificationStatus"] == "PENDING", answer
    expected = {**contact, "City": "Bonn", "CountryCode": "DE"}
    assert answer["ContactInformation"] == expected, answer
    try:
        account.put_contact_information(ContactInformation={**contact, "CountryCode": "1!"})
    except account.exceptions.ValidationException as error:
        assert error.response["reason"] == "fieldValidationFailed", error.response
        assert error.response["fieldList"][0]["name"] == "CountryCode", error.response
    else:
        raise AssertionError("not refused")


def get_account_information():
    member = active_member()
    described = organizations.describe_account(AccountId=member)["Account"]
    told = account.get_account_information(AccountId=member)
    assert (told["AccountId"], told["AccountName"]) == (member, described["Name"]), told
    assert told["AccountState"] == "ACTIVE", told
    joined = described["JoinedTimestamp"].replace(microsecond=0)
    assert told["AccountCreatedDate"] == joined, (told, joined)
    code, _ = refusal(account.get_account_information, AccountId=MANAGEMENT)
    assert code == "AccessDeniedException", code


def get_gov_cloud_account_information():
    member = active_member()
    get = account.get_gov_cloud_account_information
    code, _ = refusal(get, StandardAccountId=member)
    assert code == "ResourceNotFoundException", code
    control("set_link", {"account": member, "govcloud": "999988887777", "state": "ACTIVE"})
    control("set_link_unavailable", {"account": member, "calls": 1})
    code, _ = refusal(get, StandardAccountId=member)
    assert code == "ResourceUnavailableException", code
    answer = get(StandardAccountId=member)
    assert answer["GovCloudAccountId"] == "999988887777", answer
    assert answer["AccountState"] == "ACTIVE", answer
    control("clear_link", {"account": member})


CONVERSATIONS = [
    put_alternate_contact,
    get_alternate_contact,
    delete_alternate_contact,
    get_contact_information,
    put_contact_information,
    get_account_information,
    get_gov_cloud_account_information,
]
