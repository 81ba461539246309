import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { parseProperties, type Resolve } from '../template/intrinsics.ts';
import type { Resource, Template } from '../template/template.ts';

/** An EventBridge Scheduler schedule that invokes a function. */
export interface Schedule {
  readonly resource: Resource;
  readonly everyMs: number;
  readonly targetArn: string;
  /** The event for the function. */
  readonly input: unknown;
}

export interface RunningSchedule {
  /** Resolves when a running invocation has ended. */
  readonly stop: () => Promise<void>;
}

const schema = v.object({
  ScheduleExpression: v.string(),
  State: v.optional(v.picklist(['ENABLED', 'DISABLED']), 'ENABLED'),
  Target: v.object({ Arn: v.string(), Input: v.optional(v.string(), '{}') }),
});

const unitMs = new Map([
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

/** @throws Error naming the logical id of a schedule that is not `rate(<n> minutes|hours|days)` */
export function readSchedules(template: Template, resolve: Resolve): readonly Schedule[] {
  const resources = [...template.resources.values()].filter(
    ({ type }) => type === 'AWS::Scheduler::Schedule',
  );
  return resources.flatMap((resource) => {
    const { ScheduleExpression, State, Target } = parseProperties(schema, resource, resolve);
    if (State === 'DISABLED') return [];
    const everyMs = rateMs(ScheduleExpression);
    if (everyMs === undefined) {
      throw new Error(
        `${resource.logicalId}: the local stage supports only rate(...) schedules, not ${ScheduleExpression}`,
      );
    }
    return [{ resource, everyMs, targetArn: Target.Arn, input: JSON.parse(Target.Input) }];
  });
}

/**
 * Starts a schedule that calls `fire` after each interval.
 * @param schedule its short id, and its interval in the time of the stage
 */
export type StartSchedule = (
  schedule: { readonly id: string; readonly everyMs: number },
  fire: () => Promise<void>,
) => RunningSchedule;

/** An interval is skipped if the previous call is still running. */
export const startTimedSchedule: StartSchedule = ({ everyMs }, fire) => {
  let firing: Promise<void> | undefined;
  const timer = setInterval(() => {
    firing ??= fire().finally(() => {
      firing = undefined;
    });
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await firing;
    },
  };
};

const lookEveryMs = 20;

/**
 * Starts timed schedules whose calls wait until the stage has no other work. `sweep` takes work
 * that has waited for long as lost, and signals it again. Where time runs faster than the machine,
 * the work is not lost: it waits for a free worker.
 * @param longestMs after this wait the call is made in any case
 */
export function startQuietSchedule(isWorking: () => boolean, longestMs: number): StartSchedule {
  return (schedule, fire) => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const timed = startTimedSchedule(schedule, async () => {
      const deadlineMs = performance.now() + longestMs;
      while (!signal.aborted && isWorking() && performance.now() < deadlineMs) await sleep(lookEveryMs);
      if (!signal.aborted) await fire();
    });
    return {
      stop: async () => {
        stopping.abort();
        await timed.stop();
      },
    };
  };
}

function rateMs(expression: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const each = unitMs.get(unit);
  return each === undefined ? undefined : Number(count) * each;
}
