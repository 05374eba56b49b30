"""Has cfn-lint check a resource only if it has checked none like it, in this template or in one before.

Most resources of a template are those of the others, too, and checking them takes two thirds of the time.
cfn-lint loads this file by --append-rules. Rules of whole templates see whole templates, and those of a
resource see all that it refers to.
"""

import gc
import json
import re

from cfnlint.rules import CloudFormationLintRule

# cfn-lint makes many small objects, and keeps few: a tenth of its time went into looking for cycles.
gc.set_threshold(100_000, 50, 50)

# The rule below which all is checked that concerns one resource.
OF_RESOURCES = "E3001"
# The finding that is expected.
EXPECTED = "W3005"
# What many resources refer to. Rules follow such a reference for numbers only, such as a timeout.
KNOWN_BY_NUMBERS = {
    "AWS::ApiGateway::Resource",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Integration",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
}


class ResourcesOnce(CloudFormationLintRule):
    id = "I9001"
    shortdesc = "Resources are checked once"
    description = "A resource like one that had no findings is not checked again"

    def __init__(self):
        super().__init__()
        self.child_rules = Children({OF_RESOURCES: None})


class Children(dict):
    """cfn-lint puts the rule here before it runs any."""

    def __setitem__(self, key, rule):
        super().__setitem__(key, rule)
        if rule is not None and "validate" not in vars(rule):
            rule.validate = once(rule.validate)


def once(validate):
    checked = set()

    def validate_new(validator, keywords, resources, schema):
        if not isinstance(resources, dict):
            yield from validate(validator, keywords, resources, schema)
            return
        forms = {form(name, resources): name for name in resources}
        names = {name for each, name in forms.items() if each not in checked}
        new = {name: resource for name, resource in resources.items() if name in names}
        findings = list(validate(validator, keywords, new, schema))
        yield from findings
        wrong = {finding.path[0] for finding in findings if not is_expected(finding)}
        checked.update(each for each, name in forms.items() if name not in wrong)

    return validate_new


def is_expected(finding):
    rule = getattr(finding.rule, "id", "")
    # What begins with I is no warning, and is not shown.
    return rule == EXPECTED or rule.startswith("I")


def form(name, resources):
    """A resource as text. Names in it are replaced by what is known of the resources that have them."""
    return text(resources[name], resources, lambda other: known(resources[other], resources))


def known(resource, resources):
    if not isinstance(resource, dict):
        return resource
    if resource.get("Type") in KNOWN_BY_NUMBERS:
        properties = resource.get("Properties") or {}
        return [resource["Type"], {k: v for k, v in properties.items() if isinstance(v, (int, float))}]
    return text(resource, resources, lambda other: resources[other].get("Type"))


def text(resource, resources, known_of):
    def replace(part):
        if isinstance(part, dict):
            return {key: replace(inner) for key, inner in part.items()}
        if isinstance(part, list):
            return [replace(inner) for inner in part]
        if isinstance(part, str) and part in resources:
            return ["a name", known_of(part)]
        if isinstance(part, str) and "${" in part:
            names = [each for each in re.findall(r"\$\{(\w+)", part) if each in resources]
            return [part, [known_of(each) for each in names]]
        return part

    return json.dumps(replace(resource), default=str)
