import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FunctionHost } from '../../local/host/functions/function-host.ts';
import { type WrittenAssembly, writeAssembly } from '../integration/host/write-assembly.ts';

const clockHandler = `
  export const handler = async ({ waitMs = 0 } = {}) => {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return { now: Date.now(), fresh: new Date().getTime(), text: Date.parse(Date()), literal: new Date(5).getTime(), isDate: new Date() instanceof Date };
  };
`;

let assembly: WrittenAssembly;
let host: FunctionHost | undefined;

beforeAll(async () => {
  assembly = await writeAssembly({}, { clock: clockHandler });
});
afterAll(() => assembly.remove());
afterEach(() => host?.stop());

const passedMs = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function hostAt(skewMs?: number): FunctionHost {
  const bundleUrl = pathToFileURL(join(assembly.folder, 'asset.of-clock', 'index.mjs')).href;
  host = new FunctionHost({
    resource: { logicalId: 'Clock', type: 'AWS::Lambda::Function', id: 'Sample/Clock', properties: {} },
    functionName: 'Sample-Clock',
    start: { bundleUrl, exportName: 'handler' },
    timeoutMs: 3_000,
    memoryMb: 128,
    environment: {},
    concurrency: 2,
    clock: skewMs === undefined ? undefined : () => ({ skewMs, passedMs }),
    onLine: () => undefined,
  });
  return host;
}

const dayMs = 24 * 60 * 60 * 1_000;
/**
 * Whole days that the clock of a handler is ahead of this process, for each way to read the time.
 */
async function daysAhead(worker: FunctionHost): Promise<unknown> {
  const times = await worker.invoke({});
  if (typeof times !== 'object' || times === null) throw new Error('the handler returned no times');
  const ahead = Object.entries(times).flatMap(([name, value]) =>
    typeof value === 'number' && name !== 'literal' ? [Math.round((value - Date.now()) / dayMs) || 0] : [],
  );
  return {
    ahead,
    ...('literal' in times && { literal: times.literal }),
    ...('isDate' in times && { isDate: times.isDate }),
  };
}

describe('the clock of a worker', () => {
  it('equals the clock of the machine by default', async () => {
    expect(await daysAhead(hostAt())).toEqual({ ahead: [0, 0, 0], literal: 5, isDate: true });
  });

  it('is off by the given skew, for every way to read the time', async () => {
    expect(await daysAhead(hostAt(-3 * dayMs))).toEqual({ ahead: [-3, -3, -3], literal: 5, isDate: true });
  });

  it('can be moved forward while the worker runs', async () => {
    const worker = hostAt(0);
    expect(await daysAhead(worker)).toMatchObject({ ahead: [0, 0, 0] });
    Atomics.store(passedMs, 0, 2 * dayMs);
    expect(await daysAhead(worker)).toMatchObject({ ahead: [2, 2, 2] });
  });
});

describe('killBusy', () => {
  it('rejects and counts running invocations, and lets the next one through', async () => {
    const worker = hostAt();
    const running = [worker.invoke({ waitMs: 60_000 }), worker.invoke({ waitMs: 60_000 })];
    const rejected = Promise.allSettled(running);
    // A worker is busy only once it has started.
    for (let ended = 0; ended < 2; ended += worker.killBusy())
      await new Promise((resolve) => setTimeout(resolve, 5));
    const outcomes = (await rejected).map(({ status }) => status);
    expect(outcomes).toEqual(['rejected', 'rejected']);
    expect(worker.killBusy()).toBe(0);
    expect(await worker.invoke({})).toMatchObject({ literal: 5 });
  });
});
