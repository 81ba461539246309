import type { WorkerClock } from './worker-protocol.ts';

/**
 * Shifts `Date.now()`, `new Date()` and `Date()` in this thread. Runs before the code that uses
 * them is loaded.
 */
export function setClock({ skewMs, passedMs }: WorkerClock): void {
  const RealDate = Date;
  const now = (): number => RealDate.now() + skewMs + Atomics.load(passedMs, 0);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}
