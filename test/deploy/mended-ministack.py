"""Starts MiniStack 1.4.21 with what its CloudFormation lacks of AWS's, as far as this stack needs it. Nothing else is changed.

1. It refuses an alarm on metric math, and with it the stack: here such an alarm is made on a metric that never has data.
2. DeleteStack knows a stack by its name alone, and answers 200 to the ARN that the CDK sends without doing anything.
3. It deletes what a template says is to be retained.
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
