import * as v from 'valibot';
import { compilePattern, type Matcher } from '../../../lambdas/core/event-pattern.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { localArn } from '../local-account.ts';
import type { QueueAccess } from '../queues/queue-access.ts';
import { parseProperties, physicalName, type Resolve, titleOf } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';

/** The default event bus with the rules of the template. */
export interface EventBus {
  /** Delivers an event to the targets of all matching rules. @returns the short ids of the rules */
  readonly put: (event: unknown) => Promise<readonly string[]>;
}

export interface BusRule {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  /** A disabled rule matches no event. */
  readonly state: string;
  readonly matches: Matcher;
  readonly targets: readonly RuleTarget[];
}

/**
 * What happened to an event at a target: its queue took it, or refused it so that the dead-letter
 * queue took it, or both refused it.
 */
export type TargetOutcome = 'delivered' | 'parked' | 'lost';

/** Called for each event and each target of a rule that matched it. */
export type TargetListener = (rule: BusRule, outcome: TargetOutcome) => void;

export interface RuleTarget {
  readonly arn: string;
  readonly queue: QueueAccess;
  /** Receives the event if the queue refuses it. */
  readonly deadLetterQueue: QueueAccess | undefined;
}

// Strict, because any other member would change the delivered event or its destination.
const targetSchema = v.strictObject({
  Id: v.string(),
  Arn: v.string(),
  DeadLetterConfig: v.optional(v.object({ Arn: v.string() })),
  RetryPolicy: v.optional(v.unknown()),
  RoleArn: v.optional(v.unknown()),
});
const ruleSchema = v.object({
  EventPattern: v.optional(v.unknown()),
  EventBusName: v.optional(v.literal('default')),
  ScheduleExpression: v.optional(v.never('use AWS::Scheduler::Schedule instead of a rule with a schedule')),
  State: v.optional(v.string(), 'ENABLED'),
  Targets: v.optional(v.array(targetSchema), []),
});

/**
 * @param queueOfArn returns undefined if the ARN is not a queue of the template
 * @throws Error naming the logical id of a rule whose pattern or target is not supported
 */
export function readBusRules(
  template: Template,
  resolve: Resolve,
  queueOfArn: (arn: string) => QueueAccess | undefined,
): readonly BusRule[] {
  const resources = [...template.resources.values()].filter(({ type }) => type === 'AWS::Events::Rule');
  return resources.map((resource) => {
    const rule = parseProperties(ruleSchema, resource, resolve);
    const queueOf = (target: string): QueueAccess => {
      const queue = queueOfArn(target);
      if (queue === undefined) {
        throw new Error(`${titleOf(resource)}: the target ${target} is not a queue of the template`);
      }
      return queue;
    };
    const targets = rule.Targets.map(({ Arn, DeadLetterConfig }) => ({
      arn: Arn,
      queue: queueOf(Arn),
      deadLetterQueue: DeadLetterConfig && queueOf(DeadLetterConfig.Arn),
    }));
    const name = physicalName(template, resource.logicalId);
    return {
      id: resource.id,
      name,
      arn: localArn('events', `rule/${name}`),
      state: rule.State,
      matches: patternOf(rule.EventPattern, titleOf(resource)),
      targets,
    };
  });
}

export function createEventBus(
  rules: readonly BusRule[],
  onTarget: TargetListener = () => undefined,
): EventBus {
  const enabled = rules.filter(({ state }) => state.startsWith('ENABLED'));
  return {
    put: async (event) => {
      const body = stringifyJson(event);
      const matching = enabled.filter(({ matches }) => matches(event));
      await Promise.all(
        matching.flatMap((rule) => rule.targets.map((target) => deliver(rule, target, body, onTarget))),
      );
      return matching.map(({ id }) => id);
    },
  };
}

async function deliver(
  rule: BusRule,
  target: RuleTarget,
  body: string,
  onTarget: TargetListener,
): Promise<void> {
  try {
    await target.queue.send({ body });
    onTarget(rule, 'delivered');
  } catch (error) {
    const attributes = {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.arn,
      ERROR_CODE: error instanceof Error ? error.name : 'Error',
      ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
    };
    try {
      if (target.deadLetterQueue === undefined) throw error;
      await target.deadLetterQueue.send({ body, attributes });
      onTarget(rule, 'parked');
    } catch (lost) {
      onTarget(rule, 'lost');
      throw lost;
    }
  }
}

function patternOf(pattern: unknown, title: string): Matcher {
  try {
    return compilePattern(pattern);
  } catch (error) {
    throw new Error(`${title}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
