import type * as fc from 'fast-check';
import type { Clock } from '../../../lambdas/ports/clock.ts';

/** A clock that advances with every call, so that no two reads begin at the same time. */
export function goingClock(): Clock {
  let nowMs = Date.parse('2026-03-01T10:00:00Z');
  return {
    nowMs: () => {
      nowMs += 300;
      return nowMs;
    },
    sleep: async () => {},
  };
}

/** Wraps a port so that the scheduler decides when each call and each answer arrives. */
export function slow<Port extends object>(port: Port, scheduler: fc.Scheduler): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        await scheduler.schedule(Promise.resolve(), `call ${String(name)}`);
        const result = await Reflect.apply(member, target, args).then(
          (value: unknown) => ({ value }),
          (error: unknown) => ({ error }),
        );
        await scheduler.schedule(Promise.resolve(), `answer ${String(name)}`);
        if ('error' in result) throw result.error;
        return result.value;
      };
    },
  });
}
