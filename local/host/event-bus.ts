import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { compilePattern, type Matcher } from './event-pattern.ts';
import { parseProperties, type Resolve, titleOf } from './intrinsics.ts';
import { localArn } from './local-account.ts';
import { createMessageSender, type MessageSender } from './message-sender.ts';
import type { Template } from './template.ts';

/** The default event bus with the rules of the template. */
export interface EventBus {
  /** Delivers an event to the queues of every rule that it matches, and resolves with the short ids of those rules. */
  readonly put: (event: unknown) => Promise<readonly string[]>;
}

export interface BusRule {
  readonly id: string;
  readonly arn: string;
  readonly matches: Matcher;
  readonly targets: readonly RuleTarget[];
}

export interface RuleTarget {
  readonly queueUrl: string;
  /** Gets the event when the queue refuses it. */
  readonly deadLetterQueueUrl: string | undefined;
  readonly messageGroupId: string | undefined;
}

// Strict, because every other field of a target changes what is delivered or to whom.
const targetSchema = v.strictObject({
  Id: v.string(),
  Arn: v.string(),
  DeadLetterConfig: v.optional(v.object({ Arn: v.string() })),
  RetryPolicy: v.optional(v.unknown()),
  RoleArn: v.optional(v.unknown()),
  SqsParameters: v.optional(v.object({ MessageGroupId: v.string() })),
});
const ruleSchema = v.object({
  EventPattern: v.optional(v.unknown()),
  EventBusName: v.optional(v.literal('default')),
  ScheduleExpression: v.optional(v.never('use AWS::Scheduler::Schedule instead of a rule with a schedule')),
  State: v.optional(v.string(), 'ENABLED'),
  Targets: v.optional(v.array(targetSchema), []),
});

/**
 * @param queueUrlOfArn undefined for what is not a queue of the template
 * @throws Error naming the logical id of a rule whose pattern or target is not supported
 */
export function busRules(
  template: Template,
  resolve: Resolve,
  queueUrlOfArn: (arn: string) => string | undefined,
): readonly BusRule[] {
  const resources = [...template.resources.values()].filter(({ type }) => type === 'AWS::Events::Rule');
  return resources.flatMap((resource) => {
    const rule = parseProperties(ruleSchema, resource, resolve);
    if (!rule.State.startsWith('ENABLED')) return [];
    const queueUrl = (arn: string): string => {
      const url = queueUrlOfArn(arn);
      if (url === undefined)
        throw new Error(`${titleOf(resource)}: the target ${arn} is not a queue of the template`);
      return url;
    };
    const targets = rule.Targets.map(({ Arn, DeadLetterConfig, SqsParameters }) => ({
      queueUrl: queueUrl(Arn),
      deadLetterQueueUrl: DeadLetterConfig && queueUrl(DeadLetterConfig.Arn),
      messageGroupId: SqsParameters?.MessageGroupId,
    }));
    const arn = localArn('events', `rule/${resource.logicalId}`);
    return [{ id: resource.id, arn, matches: patternOf(rule.EventPattern, titleOf(resource)), targets }];
  });
}

export function createEventBus(client: SQSClient, rules: readonly BusRule[]): EventBus {
  const { send } = createMessageSender(client);
  return {
    put: async (event) => {
      const body = JSON.stringify(event);
      const matching = rules.filter(({ matches }) => matches(event));
      await Promise.all(
        matching.flatMap((rule) => rule.targets.map((target) => deliver(client, send, rule, target, body))),
      );
      return matching.map(({ id }) => id);
    },
  };
}

async function deliver(
  client: SQSClient,
  send: MessageSender['send'],
  rule: BusRule,
  target: RuleTarget,
  body: string,
): Promise<void> {
  try {
    await send(target.queueUrl, body, target.messageGroupId);
  } catch (error) {
    if (target.deadLetterQueueUrl === undefined) throw error;
    const MessageAttributes = {
      RULE_ARN: text(rule.arn),
      TARGET_ARN: text(target.queueUrl),
      ERROR_CODE: text(error instanceof Error ? error.name : 'Error'),
      ERROR_MESSAGE: text(error instanceof Error ? error.message : String(error)),
    };
    await client.send(
      new SendMessageCommand({ QueueUrl: target.deadLetterQueueUrl, MessageBody: body, MessageAttributes }),
    );
  }
}

function text(StringValue: string) {
  return { DataType: 'String', StringValue };
}

function patternOf(pattern: unknown, title: string): Matcher {
  try {
    return compilePattern(pattern);
  } catch (error) {
    throw new Error(`${title}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
