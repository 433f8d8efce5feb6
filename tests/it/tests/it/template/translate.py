"""Prints what SAM makes of a template."""

import json
import sys

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    def load(self):
        return {}


with open(sys.argv[1]) as file:
    template = yaml_parse(file.read())
for resource in template["Resources"].values():
    # What `sam package` would upload.
    for local in {"CodeUri", "DefinitionUri"} & resource.get("Properties", {}).keys():
        resource["Properties"][local] = "s3://bucket/key"
print(json.dumps(transform(template, {}, NoManagedPolicies())))
