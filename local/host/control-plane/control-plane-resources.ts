import * as v from 'valibot';
import { localArn } from '../local-account.ts';
import {
  ControlPlaneError,
  type ControlPlaneResponse,
  type DeployedStage,
} from './control-plane-response.ts';
import type { DeployedResource } from './deployed-resources.ts';

/** No alarm has data on the stage. */
export function describeAlarms(body: unknown, { resources }: DeployedStage): unknown {
  const { AlarmNamePrefix } = v.parse(v.object({ AlarmNamePrefix: v.optional(v.string(), '') }), body);
  const alarms = resources.filter(
    ({ type, physicalId }) => type === 'AWS::CloudWatch::Alarm' && physicalId.startsWith(AlarmNamePrefix),
  );
  return {
    MetricAlarms: alarms.map(({ physicalId, properties }) => ({
      AlarmName: physicalId,
      StateValue: 'INSUFFICIENT_DATA',
      ActionsEnabled: true,
      ...properties('AlarmActions', 'AlarmDescription'),
    })),
  };
}

/** Subscriptions by e-mail stay unconfirmed: the stage sends no mail. */
export function subscriptionsOf(topicArn: string, { resources }: DeployedStage): readonly string[] {
  return resources.flatMap(({ type, properties }) =>
    type === 'AWS::SNS::Subscription' && properties('TopicArn')['TopicArn'] === topicArn
      ? ['PendingConfirmation']
      : [],
  );
}

/** Default quota of an account. */
const granted = 1_000;

/** GetSchedule, GetEventSourceMapping and GetAccountSettings: REST without a body. */
export function answerResourceCall(url: string, deployed: DeployedStage): ControlPlaneResponse {
  const path = url.split('?')[0] ?? '';
  if (path.startsWith('/2016-08-19/account-settings')) {
    const AccountLimit = { ConcurrentExecutions: granted, UnreservedConcurrentExecutions: granted };
    return json({ AccountLimit });
  }
  const [, kind, id = ''] = /^\/(schedules|2015-03-31\/event-source-mappings)\/([^/]+)$/.exec(path) ?? [];
  if (kind === undefined)
    throw new ControlPlaneError('UnknownOperationException', `The local stage does not support GET ${url}.`);
  return json(
    kind === 'schedules' ? describeSchedule(decodeURIComponent(id), deployed) : describeMapping(id, deployed),
  );
}

function describeSchedule(name: string, deployed: DeployedStage): unknown {
  const { properties } = resourceOf('AWS::Scheduler::Schedule', name, deployed);
  const given = properties('ScheduleExpression', 'FlexibleTimeWindow', 'Target', 'State');
  return { Name: name, Arn: localArn('scheduler', `schedule/default/${name}`), State: 'ENABLED', ...given };
}

function describeMapping(id: string, deployed: DeployedStage): unknown {
  const { properties } = resourceOf('AWS::Lambda::EventSourceMapping', id, deployed);
  const { Enabled, FunctionName, ...given } = properties(
    'Enabled',
    'FunctionName',
    'EventSourceArn',
    'ScalingConfig',
    'ParallelizationFactor',
  );
  const FunctionArn = localArn('lambda', `function:${String(FunctionName)}`);
  return { UUID: id, State: Enabled === false ? 'Disabled' : 'Enabled', FunctionArn, ...given };
}

function resourceOf(type: string, id: string, { resources }: DeployedStage): DeployedResource {
  const found = resources.find((each) => each.type === type && each.physicalId === id);
  if (found) return found;
  throw new ControlPlaneError('ResourceNotFoundException', `${id} does not exist.`, 404);
}

function json(body: unknown): ControlPlaneResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
