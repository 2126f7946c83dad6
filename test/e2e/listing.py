"""Prints what there is at the endpoint of AWS_ENDPOINT_URL: a JSON list of names for each kind of resource."""
import json

import botocore.session

KINDS = {
    "AWS::ApiGatewayV2::Api": ("apigatewayv2", "get_apis", "Items", "Name"),
    "AWS::ApiGatewayV2::DomainName": ("apigatewayv2", "get_domain_names", "Items", "DomainName"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::DynamoDB::Table": ("dynamodb", "list_tables", "TableNames", None),
    "AWS::Events::EventBus": ("events", "list_event_buses", "EventBuses", "Name"),
    "AWS::Events::Rule": ("events", "list_rules", "Rules", "Name"),
    "AWS::IAM::Role": ("iam", "list_roles", "Roles", "RoleName"),
    "AWS::Lambda::EventSourceMapping": ("lambda", "list_event_source_mappings", "EventSourceMappings", "FunctionArn"),
    "AWS::Lambda::Function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "AWS::Logs::LogGroup": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::S3::Bucket": ("s3", "list_buckets", "Buckets", "Name"),
    "AWS::SNS::Topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "AWS::SQS::Queue": ("sqs", "list_queues", "QueueUrls", None),
    "AWS::SecretsManager::Secret": ("secretsmanager", "list_secrets", "SecretList", "Name"),
}

session = botocore.session.get_session()
clients = {}
found = {}
for kind, (service, operation, items, name) in KINDS.items():
    client = clients.setdefault(service, session.create_client(service))
    pages = (
        client.get_paginator(operation).paginate() if client.can_paginate(operation) else [getattr(client, operation)()]
    )
    found[kind] = [item if name is None else item[name] for page in pages for item in page.get(items) or []]
kms = session.create_client("kms")
keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
found["AWS::KMS::Key"] = [
    key["KeyId"] for key in keys if key.get("KeyManager") != "AWS" and key["KeyState"] != "PendingDeletion"
]
print(json.dumps(found))
