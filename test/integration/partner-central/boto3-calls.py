"""Makes calls with boto3, one after the other, and prints how boto3 reads each answer or error.

Reads {"url": …, "calls": [{"operation": …, "input": …}]} from the standard input.
"""

import datetime
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError


def to_json(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat(timespec='milliseconds').replace('+00:00', 'Z')
    raise TypeError(f'{type(value)} is no value of an answer')


def make(client, call):
    try:
        answer = getattr(client, xform_name(call['operation']))(**call['input'])
        del answer['ResponseMetadata']
        return {'answer': answer}
    except ClientError as error:
        read = error.response
        named = {'name': read['Error']['Code'], 'message': read['Error']['Message']}
        named['status'] = read['ResponseMetadata']['HTTPStatusCode']
        # Members of a ValidationException.
        named.update((member, read[member]) for member in ('Reason', 'ErrorList') if member in read)
        return {'error': named}


given = json.load(sys.stdin)
client = boto3.client(
    'partnercentral-selling',
    endpoint_url=given['url'],
    region_name='us-east-1',
    aws_access_key_id='local',
    aws_secret_access_key='local',
    config=Config(retries={'total_max_attempts': 1}),
)
json.dump([make(client, call) for call in given['calls']], sys.stdout, default=to_json)
