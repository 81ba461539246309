import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { lambdaHandler } from '../../../lambdas/runtime/lambda-handler.ts';

const contract = {
  name: 'example',
  environment: {},
  actions: {},
  metrics: ['ThingsDone', 'ThingsLost'],
  levels: { OldestThing: 'Seconds' },
} as const;

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'relay-example',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:relay-example',
  memoryLimitInMB: '256',
  awsRequestId: '0a1b2c3d-0000-4000-8000-00000000000f',
  logGroupName: '/aws/lambda/relay-example',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 30_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

/** The lines written to standard output. */
let written: JsonObject[];

beforeEach(() => {
  written = [];
  // Otherwise Powertools writes to its own console, which the spies do not see.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('STACK_NAME', 'Relay');
  for (const level of ['log', 'info', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: unknown) => {
      const parsed: unknown = JSON.parse(String(line));
      if (isJsonObject(parsed)) written.push(parsed);
    });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('lambdaHandler', () => {
  it('composes with a log that has the request id, and publishes metrics at the end', async () => {
    const handler = lambdaHandler(contract, ({ log, metrics }) => async (event: string) => {
      log.info('sweep.finished', { versions: 2 });
      metrics.count('ThingsDone');
      metrics.count('ThingsDone', 2);
      return `${event} done`;
    });
    expect(await handler('work', context)).toBe('work done');
    expect(written).toMatchObject([
      {
        level: 'INFO',
        message: 'sweep.finished',
        service: 'example',
        function_request_id: context.awsRequestId,
        versions: 2,
      },
      {
        stack: 'Relay',
        ThingsDone: 3,
        _aws: { CloudWatchMetrics: [{ Namespace: 'PartnerCentralRelay', Dimensions: [['stack']] }] },
      },
    ]);
  });

  it('logs nothing that is the same in every line of the function, except its name', async () => {
    const handler = lambdaHandler(contract, ({ log }) => async (_event: unknown) => {
      log.info('sweep.finished', { versions: 2 });
    });
    await handler({}, context);
    await handler({}, context);
    const expected = ['function_request_id', 'level', 'message', 'service', 'timestamp', 'versions'];
    const fields = written.map((line) => Object.keys(line).filter((name) => name !== 'cold_start'));
    expect(fields.map((names) => names.toSorted())).toEqual([expected, expected]);
    expect(written[1]).not.toHaveProperty('cold_start');
  });

  it('does not compose without the name of the stack, the dimension of every metric', () => {
    vi.stubEnv('STACK_NAME', '');
    expect(() => lambdaHandler(contract, () => async () => undefined)).toThrow('STACK_NAME');
  });

  it('publishes metrics if the function fails, and hides the contents of an unexpected error', async () => {
    const failure = Object.assign(new TypeError('of Example Corp'), { payload: 'Example Corp' });
    const handler = lambdaHandler(contract, ({ metrics }) => async (_event: unknown) => {
      metrics.count('ThingsDone');
      throw failure;
    });
    const thrown: unknown = await handler({}, context).catch((error: unknown) => error);
    // Lambda logs the error: it has a name and stack frames, but none of its contents.
    expect(thrown).toMatchObject({ message: 'unexpected error: TypeError' });
    expect(JSON.stringify(thrown) + String(thrown instanceof Error && thrown.stack)).not.toContain('Example');
    expect(thrown instanceof Error && thrown.stack).toMatch(/handler\.test/);
    expect(written).toMatchObject([{ ThingsDone: 1 }]);
  });

  it('starts the counts of each invocation at 0', async () => {
    const handler = lambdaHandler(contract, ({ metrics }) => async (count: number) => {
      metrics.count('ThingsDone', count);
    });
    await handler(1, context);
    await handler(5, context);
    expect(written).toMatchObject([{ ThingsDone: 1 }, { ThingsDone: 5 }]);
  });

  it('publishes no count that stays 0, no level without a value, and no line without both', async () => {
    const handler = lambdaHandler(contract, ({ metrics }) => async (hasValue: boolean) => {
      metrics.count('ThingsLost', 0);
      if (hasValue) metrics.level('OldestThing', 2.5);
    });
    await handler(false, context);
    expect(written).toEqual([]);
    await handler(true, context);
    expect(written).toMatchObject([{ OldestThing: 2.5 }]);
    expect(JSON.stringify(written)).not.toMatch(/ThingsDone|ThingsLost/);
    expect(JSON.stringify(written)).toContain('{"Name":"OldestThing","Unit":"Seconds"}');
  });
});
