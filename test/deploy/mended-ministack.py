"""Starts MiniStack 1.4.21 with three corrections to its CloudFormation, which this stack needs.

1. It refuses alarms on metric math, and then the whole stack. Here such an alarm watches a metric without data.
2. DeleteStack finds a stack only by name. For the ARN that the CDK sends it answers 200 and does nothing.
3. It deletes resources with the deletion policy Retain.
"""

from ministack.app import main
from ministack.services.cloudformation import _stacks, handlers, provisioners, stacks

alarm = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]
create_alarm = alarm["create"]
delete_stack = handlers._ACTION_HANDLERS["DeleteStack"]
delete_resource = stacks._delete_resource


def create_any_alarm(logical_id, props, stack_name):
    if "Metrics" in props:
        props = {key: value for key, value in props.items() if key != "Metrics"}
        props.update(Namespace="MetricMath", MetricName=logical_id)
    return create_alarm(logical_id, props, stack_name)


def delete_stack_by_name_or_arn(params):
    given = handlers._p(params, "StackName")
    names = [stack["StackName"] for stack in _stacks.values() if stack["StackId"] == given]
    return delete_stack({**params, "StackName": [names[0] if names else given]})


def delete_unless_retained(resource_type, physical_id, props, stack_name, logical_id):
    definition = _stacks[stack_name]["_template"]["Resources"].get(logical_id, {})
    if definition.get("DeletionPolicy", "Delete") == "Delete":
        delete_resource(resource_type, physical_id, props, stack_name, logical_id)


alarm["create"] = create_any_alarm
handlers._ACTION_HANDLERS["DeleteStack"] = delete_stack_by_name_or_arn
stacks._delete_resource = delete_unless_retained
main()
