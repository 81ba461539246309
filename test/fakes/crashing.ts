/**
 * Where the process crashes: at which call of its wrapped ports, before or after the call's effect.
 */
export interface Site {
  readonly call: number;
  readonly moment: 'before' | 'after';
}

class Crash extends Error {
  constructor(at: string) {
    super(`crashed ${at}`);
    this.name = 'Crash';
  }
}

/** A process that crashes once; every later call fails too. */
export interface CrashingProcess {
  /** Wraps a port of the process. Its functions must be asynchronous. */
  wrap<Port extends object>(port: Port): Port;
  /** Where it crashed, in words; undefined if it did not crash. */
  crashedAt(): string | undefined;
}

export function crashingProcess({ call, moment }: Site): CrashingProcess {
  let calls = 0;
  let crashed: string | undefined;
  const dieIf = (condition: boolean, where: string) => {
    if (condition) crashed ??= where;
    if (crashed !== undefined) throw new Crash(crashed);
  };
  return {
    crashedAt: () => crashed,
    wrap: (port) =>
      new Proxy(port, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return async (...args: unknown[]): Promise<unknown> => {
            calls += 1;
            const isHere = calls === call;
            const where = `${moment} call ${calls}, ${String(name)}`;
            dieIf(isHere && moment === 'before', where);
            try {
              return await Reflect.apply(member, target, args);
            } finally {
              // Also if the call itself failed.
              dieIf(isHere, where);
            }
          };
        },
      }),
  };
}

/**
 * Runs a scenario once for every call that it makes through a wrapped port, and crashes the process
 * there, before and after the effect. The scenario runs the work that may crash, then the recovery,
 * and asserts the end state.
 * @returns the number of crashes.
 */
export async function crashEverywhere(
  scenario: (process: CrashingProcess) => Promise<void>,
): Promise<number> {
  let crashes = 0;
  for (const moment of ['before', 'after'] as const) {
    for (let call = 1; ; call += 1) {
      const process = crashingProcess({ call, moment });
      try {
        await scenario(process);
      } catch (cause) {
        throw new Error(`wrong end state after a crash ${process.crashedAt() ?? '(no crash)'}`, { cause });
      }
      if (process.crashedAt() === undefined) break;
      crashes += 1;
    }
  }
  if (crashes === 0) throw new Error('the scenario calls no wrapped port');
  return crashes;
}

/** Ignores a crash; rethrows any other error. */
export async function untilCrash(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}
