"""Says what is wrong with commands of the AWS CLI, by the SDK's own models: one command a line in, one finding a line out."""

import shlex
import sys

import botocore.session
from botocore import xform_name

# The CLI's own, which no model knows.
GLOBAL = {"cli-binary-format", "query", "output", "region"}
OWN = {"s3 cp", "s3 rb"}
# `--endpoint` would be taken for the CLI's own `--endpoint-url`.
RENAMED = {"sns subscribe notification-endpoint": "endpoint"}

session = botocore.session.get_session()


def wrong(service, operation, options):
    if f"{service} {operation}" in OWN:
        return
    try:
        model = session.get_service_model(service)
    except Exception as error:
        yield str(error)
        return
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        yield f"{service} has no operation {operation}"
        return
    shape = model.operation_model(names[operation]).input_shape
    members = {xform_name(name, "-"): name for name in shape.members}
    booleans = {f"no-{name}": name for name, own in members.items() if shape.members[own].type_name == "boolean"}
    options = {booleans.get(name, name) for name in options}
    yield from (f"{operation} has no option --{name}" for name in options - members.keys() - GLOBAL)
    given = {members[name] for name in options & members.keys()}
    yield from (f"{operation} needs {name}" for name in set(shape.required_members) - given)


for line in sys.stdin:
    _, service, operation, *rest = shlex.split(line)
    options = {word.removeprefix("--") for word in rest if word.startswith("--")}
    options = {RENAMED.get(f"{service} {operation} {name}", name) for name in options}
    for problem in wrong(service, operation, options):
        print(f"{line.strip()}: {problem}")
