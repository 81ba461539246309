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
/** Whole days that a handler's clock is ahead of this one, by each way of asking. */
async function daysAhead(worker: FunctionHost): Promise<unknown> {
  const told = await worker.invoke({});
  if (typeof told !== 'object' || told === null) throw new Error('the handler tells the time');
  const ahead = Object.entries(told).flatMap(([name, value]) =>
    typeof value === 'number' && name !== 'literal' ? [Math.round((value - Date.now()) / dayMs) || 0] : [],
  );
  return {
    ahead,
    ...('literal' in told && { literal: told.literal }),
    ...('isDate' in told && { isDate: told.isDate }),
  };
}

describe('the clock of a worker', () => {
  it('is that of the machine, unless it is given another', async () => {
    expect(await daysAhead(hostAt())).toEqual({ ahead: [0, 0, 0], literal: 5, isDate: true });
  });

  it('is off by as much as it is told, however it is asked', async () => {
    expect(await daysAhead(hostAt(-3 * dayMs))).toEqual({ ahead: [-3, -3, -3], literal: 5, isDate: true });
  });

  it('moves on while the worker lives', async () => {
    const worker = hostAt(0);
    expect(await daysAhead(worker)).toMatchObject({ ahead: [0, 0, 0] });
    Atomics.store(passedMs, 0, 2 * dayMs);
    expect(await daysAhead(worker)).toMatchObject({ ahead: [2, 2, 2] });
  });
});

describe('ending the busy workers of a function', () => {
  it('rejects what runs, counts it, and lets the next invocation through', async () => {
    const worker = hostAt();
    const running = [worker.invoke({ waitMs: 60_000 }), worker.invoke({ waitMs: 60_000 })];
    const rejected = Promise.allSettled(running);
    // Each is busy as soon as its worker has started.
    for (let ended = 0; ended < 2; ended += worker.killBusy())
      await new Promise((resolve) => setTimeout(resolve, 5));
    const outcomes = (await rejected).map(({ status }) => status);
    expect(outcomes).toEqual(['rejected', 'rejected']);
    expect(worker.killBusy()).toBe(0);
    expect(await worker.invoke({})).toMatchObject({ literal: 5 });
  });
});
