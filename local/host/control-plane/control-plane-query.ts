import { localAccountId, localArn, localUserArn } from '../local-account.ts';
import { subscriptionsOf } from './control-plane-resources.ts';
import {
  ControlPlaneError,
  type ControlPlaneResponse,
  type DeployedStage,
} from './control-plane-response.ts';

/** CloudFormation, SNS and STS use the AWS Query protocol: form requests, XML responses. */
export function answerQueryCall(form: URLSearchParams, deployed: DeployedStage): ControlPlaneResponse {
  const action = form.get('Action') ?? 'no action';
  switch (action) {
    case 'DescribeStacks':
      return xml(action, describeStacks(form.get('StackName') ?? deployed.stackName, deployed));
    case 'ListStackResources':
      return xml(action, listStackResources(deployed));
    case 'ListSubscriptionsByTopic':
      return xml(action, listSubscriptions(form.get('TopicArn') ?? '', deployed));
    case 'GetCallerIdentity':
      return xml(action, callerIdentity);
    default:
      throw new ControlPlaneError('InvalidAction', `The local stage does not support ${action}.`);
  }
}

const callerIdentity: Element = {
  Account: localAccountId,
  Arn: localUserArn,
  UserId: 'local',
};

function describeStacks(stackName: string, deployed: DeployedStage): Element {
  const StackId = localArn('cloudformation', `stack/${deployed.stackName}/local`);
  if (stackName !== deployed.stackName && stackName !== StackId)
    throw new ControlPlaneError('ValidationError', `Stack with id ${stackName} does not exist`);
  const outputs = deployed
    .outputs()
    .map(([OutputKey, OutputValue]): Element => ({ member: { OutputKey, OutputValue } }));
  const stack = {
    StackId,
    StackName: deployed.stackName,
    StackStatus: 'CREATE_COMPLETE',
    CreationTime: '2026-01-01T00:00:00.000Z',
    Outputs: outputs,
  };
  return { Stacks: { member: stack } };
}

function listStackResources({ resources }: DeployedStage): Element {
  const members = resources.map(({ logicalId, physicalId, type }): Element => {
    return {
      member: { LogicalResourceId: logicalId, PhysicalResourceId: physicalId, ResourceType: type },
    };
  });
  return { StackResourceSummaries: members };
}

function listSubscriptions(topicArn: string, deployed: DeployedStage): Element {
  const members = subscriptionsOf(topicArn, deployed).map((SubscriptionArn): Element => {
    return { member: { SubscriptionArn, Protocol: 'email' } };
  });
  return { Subscriptions: members };
}

/** An XML element by the names of its children. A list repeats a child name. */
type Element = { readonly [name: string]: string | Element | readonly Element[] };

function xml(action: string, result: Element): ControlPlaneResponse {
  const answer: Element = { [`${action}Response`]: { [`${action}Result`]: result } };
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: renderXml(answer) };
}

function renderXml(value: string | Element | readonly Element[]): string {
  if (typeof value === 'string') return escapeXml(value);
  if (isList(value)) return value.map(renderXml).join('');
  return Object.entries(value)
    .map(([name, child]) => `<${name}>${renderXml(child)}</${name}>`)
    .join('');
}

export function escapeXml(raw: string): string {
  return raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function isList(value: Element | readonly Element[]): value is readonly Element[] {
  return Array.isArray(value);
}
