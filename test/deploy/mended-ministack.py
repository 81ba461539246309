"""Starts MiniStack 1.4.21 with eight corrections, which this stack needs.

1. It refuses alarms on metric math, and then the whole stack. Here such an alarm watches a metric without data.
2. DeleteStack finds a stack only by name. For the ARN that the CDK sends it answers 200 and does nothing.
3. It deletes resources with the deletion policy Retain, also when it rolls a deployment back.
4. It updates a table or a queue by creating it again, without its items or messages. Here both keep what they hold. An update
   that AWS does by replacing the table, or that it refuses, fails. A table whose properties are the same is left alone.
5. It has no change sets that import resources. Here they adopt existing tables as they are, as AWS does: what the template says
   of an imported table is not compared with it.
6. A restore to a point in time, here always to the latest, lacks the indexes. Here it has them, as on AWS.
7. It answers every request to an HTTP API with the authorization AWS_IAM, and the function gets no caller. Here a request without a
   signature is refused, and the caller is the one that STS names. The signature is not checked.
8. It does not know the type AWS::Logs::MetricFilter, and then refuses the whole stack. Here such a filter counts nothing: there are no
   access logs either.
"""

import json

from ministack.app import main
from ministack.services import apigateway, dynamodb, lambda_svc, sqs
from ministack.services.cloudformation import _change_sets, _stacks, handlers, provisioners, stacks

alarm = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]
create_alarm = alarm["create"]
table_handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
create_table = table_handlers["create"]
queue_handlers = provisioners._RESOURCE_HANDLERS["AWS::SQS::Queue"]
create_queue = queue_handlers["create"]
create_change_set = handlers._ACTION_HANDLERS["CreateChangeSet"]
delete_stack = handlers._ACTION_HANDLERS["DeleteStack"]
delete_resource = stacks._delete_resource


def create_any_alarm(logical_id, props, stack_name):
    if "Metrics" in props:
        props = {key: value for key, value in props.items() if key != "Metrics"}
        props.update(Namespace="MetricMath", MetricName=logical_id)
    return create_alarm(logical_id, props, stack_name)


def create_metric_filter(logical_id, props, stack_name):
    return f"{stack_name}-{logical_id}", {}


def delete_metric_filter(_physical_id, _props):
    pass


def delete_stack_by_name_or_arn(params):
    given = handlers._p(params, "StackName")
    names = [stack["StackName"] for stack in _stacks.values() if stack["StackId"] == given]
    return delete_stack({**params, "StackName": [names[0] if names else given]})


def delete_unless_retained(resource_type, physical_id, props, stack_name, logical_id):
    # A stack has a template once its creation is complete.
    changes = [change["_template"] for change in _change_sets.values() if change["StackName"] == stack_name]
    resources = [template.get("Resources", {}) for template in (_stacks[stack_name]["_template"], *reversed(changes))]
    definition = next((defined[logical_id] for defined in resources if logical_id in defined), {})
    if definition.get("DeletionPolicy", "Delete") == "Delete":
        delete_resource(resource_type, physical_id, props, stack_name, logical_id)


kept_by_tables = ("TableId", "CreationDateTime", "items", "ItemCount", "TableSizeBytes", "LatestStreamArn", "LatestStreamLabel")


def attributes_of(name):
    table = dynamodb._tables[name]
    stream = table.get("LatestStreamArn")
    return {"Arn": table["TableArn"], **({"StreamArn": stream} if stream else {})}


def update_table(physical_id, old_props, new_props, stack_name, logical_id):
    if old_props.get("KeySchema") != new_props.get("KeySchema"):
        raise ValueError(f"The update replaces the table {physical_id}: its key schema differs.")
    new_indexes = {index["IndexName"]: index for index in new_props.get("GlobalSecondaryIndexes", [])}
    for index in old_props.get("GlobalSecondaryIndexes", []):
        if new_indexes.get(index["IndexName"], index) != index:
            raise ValueError(f"AWS cannot change the index {index['IndexName']} of the table {physical_id}.")
    if old_props == new_props:
        return physical_id, attributes_of(physical_id)
    before = dynamodb._tables[physical_id]
    create_table(logical_id, {**new_props, "TableName": physical_id}, stack_name)
    dynamodb._tables[physical_id].update({key: before.get(key) for key in kept_by_tables})
    return physical_id, attributes_of(physical_id)


imports = {}


def create_change_set_or_import(params):
    if handlers._p(params, "ChangeSetType") != "IMPORT":
        return create_change_set(params)
    stack_name = handlers._p(params, "StackName")
    number = 1
    while logical_id := handlers._p(params, f"ResourcesToImport.member.{number}.LogicalResourceId"):
        name = handlers._p(params, f"ResourcesToImport.member.{number}.ResourceIdentifier.entry.1.value")
        if name not in dynamodb._tables:
            return handlers._error("ValidationError", f"The table {name} of {logical_id} does not exist")
        imports[stack_name, logical_id] = name
        number += 1
    exists = stack_name in _stacks and _stacks[stack_name]["StackStatus"] != "DELETE_COMPLETE"
    return create_change_set({**params, "ChangeSetType": ["UPDATE" if exists else "CREATE"]})


def create_or_import_table(logical_id, props, stack_name):
    name = imports.pop((stack_name, logical_id), None)
    if name is None:
        return create_table(logical_id, props, stack_name)
    return name, attributes_of(name)


def restore_table_to_point_in_time(data):
    _, _, backup = dynamodb._create_backup({"TableName": data["SourceTableName"], "BackupName": "latest"})
    arn = json.loads(backup)["BackupDetails"]["BackupArn"]
    return dynamodb._restore_table_from_backup({"TargetTableName": data["TargetTableName"], "BackupArn": arn})


def update_queue(physical_id, _old_props, new_props, stack_name, logical_id):
    before = sqs._queues[physical_id]
    _, attributes = create_queue(logical_id, new_props, stack_name)
    sqs._queues[physical_id]["messages"] = before["messages"]
    return physical_id, attributes


invoke_proxy = apigateway._invoke_lambda_proxy
execute_function = lambda_svc._execute_function_with_config_scope


def needs_signature(api_id, route_key):
    routes = apigateway._routes.get(api_id, {}).values()
    return any(route["routeKey"] == route_key and route["authorizationType"] == "AWS_IAM" for route in routes)


async def invoke_signed(*args, **others):
    _integration, api_id, _stage, _path, _method, headers, _body, _query, route_key, *_ = args
    if needs_signature(api_id, route_key) and not headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
        return 403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}'
    return await invoke_proxy(*args, **others)


def execute_with_caller(function, event):
    context = event.get("requestContext", {}) if isinstance(event, dict) else {}
    if needs_signature(context.get("apiId"), context.get("routeKey")):
        context["authorizer"] = {"iam": {"userArn": f"arn:aws:iam::{context['accountId']}:root"}}
    return execute_function(function, event)


alarm["create"] = create_any_alarm
provisioners._RESOURCE_HANDLERS["AWS::Logs::MetricFilter"] = {"create": create_metric_filter, "delete": delete_metric_filter}
table_handlers.update(create=create_or_import_table, update=update_table, update_with_logical_id=True)
queue_handlers.update(update=update_queue, update_with_logical_id=True)
handlers._ACTION_HANDLERS["CreateChangeSet"] = create_change_set_or_import
handlers._ACTION_HANDLERS["DeleteStack"] = delete_stack_by_name_or_arn
stacks._delete_resource = delete_unless_retained
apigateway._invoke_lambda_proxy = invoke_signed
lambda_svc._execute_function_with_config_scope = execute_with_caller
dynamodb._restore_table_to_point_in_time = restore_table_to_point_in_time
main()
