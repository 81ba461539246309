import type * as fc from 'fast-check';
import type { Clock } from '../../../lambdas/ports/clock.ts';

/** Time that goes on whenever somebody asks for it, so that no two reads begin at once. */
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

/** The port with every call and every answer under way for as long as the scheduler pleases. */
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
