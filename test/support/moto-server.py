"""Serves moto, an emulator of AWS, with stand-ins for what it lacks.

moto does not know API Gateway v2, alarms and a few other types in a template, nor
the deletion policy RetainExceptOnCreate, nor outputs that come with an update. And
it refuses a template for a warning of cfn-lint; another test looks at these. A
stand-in has a name and attributes, and does nothing, unless serverless asks AWS
for more.

Argument: the port.
"""

import json
import sys

import yaml
from moto.apigateway.models import Stage, apigateway_backends
from moto.cloudformation import models, parsing
from moto.core.common_models import CloudFormationModel
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple


class StandIn(CloudFormationModel):
    # moto takes the name of the service from the second part.
    __module__ = "moto.cloudformation"

    def __init__(self, name):
        self.name = name

    @property
    def physical_resource_id(self):
        return self.name

    @staticmethod
    def cloudformation_name_type():
        return None

    @staticmethod
    def cloudformation_type():
        return "StandIn"

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def get_cfn_attribute(self, attr):
        return f"{self.name}.{attr}"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, definition, account_id, region_name, **more):
        api = apigateway_backends[account_id][region_name]
        return cls(cls.create(resource_name, definition["Properties"], api))

    @classmethod
    def create(cls, name, properties, api):
        return name

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, *rest, **more):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *rest):
        pass


class ApiKey(StandIn):
    __module__ = StandIn.__module__

    @classmethod
    def create(cls, name, properties, api):
        return api.create_api_key({"name": properties["Name"]}).id


class Deployment(StandIn):
    __module__ = StandIn.__module__

    @classmethod
    def create(cls, name, properties, api):
        return api.get_rest_api(properties["RestApiId"]).create_deployment("", "").id


class ApiStage(StandIn):
    __module__ = StandIn.__module__

    @classmethod
    def create(cls, name, properties, api):
        name = properties["StageName"]
        stages = api.get_rest_api(properties["RestApiId"]).stages
        stages[name] = Stage(name=name, deployment_id=properties["DeploymentId"])
        return name


TYPES = {
    "AWS::ApiGateway::ApiKey": ApiKey,
    "AWS::ApiGateway::Deployment": Deployment,
    "AWS::ApiGateway::GatewayResponse": StandIn,
    "AWS::ApiGateway::Method": StandIn,
    "AWS::ApiGateway::Stage": ApiStage,
    "AWS::ApiGateway::UsagePlan": StandIn,
    "AWS::ApiGateway::UsagePlanKey": StandIn,
    "AWS::ApiGatewayV2::Api": StandIn,
    "AWS::ApiGatewayV2::Integration": StandIn,
    "AWS::ApiGatewayV2::Route": StandIn,
    "AWS::ApiGatewayV2::Stage": StandIn,
    "AWS::CloudWatch::Alarm": StandIn,
    "AWS::Lambda::Alias": StandIn,
    "AWS::Lambda::EventInvokeConfig": StandIn,
    "AWS::S3::BucketPolicy": StandIn,
}

known = {**parsing.get_model_map(), **TYPES}
parsing.get_model_map = lambda: known

delete_resource = parsing.ResourceMap._delete_resource


def delete_unless_retained(self, resource, definition):
    if not definition.get("DeletionPolicy", "").startswith("Retain"):
        delete_resource(self, resource, definition)


parsing.ResourceMap._delete_resource = delete_unless_retained

apply_change_set = models.ChangeSet.apply


def apply_with_outputs(self):
    apply_change_set(self)
    stack = self.stack
    stack.output_map = parsing.OutputMap(stack.resource_map, self.template_dict, stack.stack_id)


models.ChangeSet.apply = apply_with_outputs
models.validate_template_cfn_lint = lambda template: []

load_yaml = yaml.load


def load(text, Loader):
    """As JSON, which serverless writes: as YAML it takes three hundred times as long."""
    try:
        return json.loads(text)
    except ValueError:
        return load_yaml(text, Loader=Loader)


yaml.load = load

# One request at a time: moto changes what other threads read.
application = DomainDispatcherApplication(create_backend_app)
run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=False)
