"""Prints what there is at the endpoint of AWS_ENDPOINT_URL: a JSON list of names for each kind of resource."""
import json

import botocore.session

KINDS = {
    "AWS::ApiGatewayV2::Api": ("apigatewayv2", "get_apis", "Items", "Name"),
    "AWS::ApiGatewayV2::DomainName": ("apigatewayv2", "get_domain_names", "Items", "DomainName"),
    "AWS::CertificateManager::Certificate": ("acm", "list_certificates", "CertificateSummaryList", "DomainName"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::CloudWatch::Dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "AWS::Cognito::UserPool": ("cognito-idp", "list_user_pools", "UserPools", "Id"),
    "AWS::DynamoDB::Table": ("dynamodb", "list_tables", "TableNames", None),
    "AWS::EC2::EIP": ("ec2", "describe_addresses", "Addresses", "PublicIp"),
    "AWS::EC2::VPC": ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "AWS::Events::EventBus": ("events", "list_event_buses", "EventBuses", "Name"),
    "AWS::IAM::Role": ("iam", "list_roles", "Roles", "RoleName"),
    "AWS::KMS::Alias": ("kms", "list_aliases", "Aliases", "AliasName"),
    "AWS::Lambda::EventSourceMapping": ("lambda", "list_event_source_mappings", "EventSourceMappings", "FunctionArn"),
    "AWS::Lambda::Function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "AWS::Logs::LogGroup": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::S3::Bucket": ("s3", "list_buckets", "Buckets", "Name"),
    "AWS::SNS::Topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "AWS::SQS::Queue": ("sqs", "list_queues", "QueueUrls", None),
    "AWS::SecretsManager::Secret": ("secretsmanager", "list_secrets", "SecretList", "Name"),
}

# Inputs without which an operation refuses to list.
INPUTS = {
    "list_user_pools": {"MaxResults": 60},
    "describe_vpcs": {"Filters": [{"Name": "is-default", "Values": ["false"]}]},
}

session = botocore.session.get_session()
clients = {}
found = {}
for kind, (service, operation, items, name) in KINDS.items():
    client = clients.setdefault(service, session.create_client(service))
    given = INPUTS.get(operation, {})
    pages = (
        client.get_paginator(operation).paginate(**given)
        if client.can_paginate(operation)
        else [getattr(client, operation)(**given)]
    )
    found[kind] = [item if name is None else item[name] for page in pages for item in page.get(items) or []]
# Rules belong to a bus each, and are listed bus by bus.
found["AWS::Events::Rule"] = [
    rule["Name"]
    for bus in found["AWS::Events::EventBus"]
    for rule in clients["events"].list_rules(EventBusName=bus)["Rules"]
]
kms = session.create_client("kms")
keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
found["AWS::KMS::Key"] = [
    key["KeyId"] for key in keys if key.get("KeyManager") != "AWS" and key["KeyState"] != "PendingDeletion"
]
print(json.dumps(found))
