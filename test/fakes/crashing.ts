/** Where the process ends: at the so many-th call of any wrapped port, before or after the call has its effect. */
export interface Site {
  readonly call: number;
  readonly moment: 'before' | 'after';
}

export class Crash extends Error {
  constructor(at: string) {
    super(`crashed ${at}`);
    this.name = 'Crash';
  }
}

/** A process that crashes once and does nothing any more from then on. */
export interface CrashingProcess {
  /** The port as the process has it. Every member that is a function must be asynchronous. */
  wrap<Port extends object>(port: Port): Port;
  /** Where it crashed, in words; undefined where it lived to the end. */
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
              // Also where the call itself failed: the process did not live to see that.
              dieIf(isHere, where);
            }
          };
        },
      }),
  };
}

/**
 * Plays a scenario once for every call that it makes through a wrapped port, and lets the process crash there, before and
 * after the effect. The scenario runs what may crash, then what comes after a crash, and asserts how that ends.
 * @returns how often it crashed.
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
        throw new Error(`it ends wrong after a crash ${process.crashedAt() ?? 'nowhere'}`, { cause });
      }
      if (process.crashedAt() === undefined) break;
      crashes += 1;
    }
  }
  if (crashes === 0) throw new Error('the scenario calls nothing that could crash');
  return crashes;
}

/** Waits for what may crash; any other failure is thrown. */
export async function untilCrash(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}
