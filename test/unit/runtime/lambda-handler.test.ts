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
        service: 'example',
        ThingsDone: 3,
        _aws: { CloudWatchMetrics: [{ Namespace: 'PartnerCentralRelay' }] },
      },
    ]);
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

  it('publishes a count without additions as 0, and no level without a value', async () => {
    const handler = lambdaHandler(contract, ({ metrics }) => async (hasValue: boolean) => {
      if (hasValue) metrics.level('OldestThing', 2.5);
    });
    await handler(false, context);
    await handler(true, context);
    expect(written).toMatchObject([
      { ThingsDone: 0, ThingsLost: 0 },
      { ThingsDone: 0, ThingsLost: 0, OldestThing: 2.5 },
    ]);
    expect(written[0]).not.toHaveProperty('OldestThing');
    expect(JSON.stringify(written[1])).toContain('{"Name":"OldestThing","Unit":"Seconds"}');
  });
});
