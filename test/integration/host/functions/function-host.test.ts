import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { FunctionHost, lambdaEnvironment } from '../../../../local/host/functions/function-host.ts';
import { type WrittenAssembly, writeAssembly } from '../write-assembly.ts';

const handlers = `
  import { Console } from 'node:console';
  let invocations = 0;
  export async function handler(event, context) {
    invocations += 1;
    if (event.say) { console.log(event.say); new Console(process.stderr).log('and ' + event.say); }
    if (event.throw) throw Object.assign(new Error(event.throw), { name: 'SpecialError' });
    if (event.crash) setTimeout(() => { throw new Error(event.crash); }, 0);
    if (event.sleepMs) await new Promise((resolve) => setTimeout(resolve, event.sleepMs));
    if (event.spin) for (;;);
    if (event.nothing) return;
    return { event, invocations, context, remainingMs: context.getRemainingTimeInMillis(), env: process.env };
  }
`;

let assembly: WrittenAssembly;
let host: FunctionHost | undefined;
let lines: string[] = [];

beforeAll(async () => {
  const broken =
    "if (!process.env.TABLE_NAME) throw new Error('TABLE_NAME is missing'); export const handler = 5;";
  assembly = await writeAssembly({}, { good: handlers, broken });
});
afterAll(() => assembly.remove());
afterEach(async () => {
  await host?.stop();
});

function hostOf(
  asset: string,
  settings: { timeoutMs?: number; concurrency?: number; environment?: Record<string, string> } = {},
) {
  lines = [];
  const folder = join(assembly.folder, `asset.of-${asset}`);
  host = new FunctionHost({
    resource: { logicalId: 'Work', type: 'AWS::Lambda::Function', id: 'Sample/Work', properties: {} },
    functionName: 'Sample-Work',
    start: { bundleUrl: pathToFileURL(join(folder, 'index.mjs')).href, exportName: 'handler' },
    timeoutMs: settings.timeoutMs ?? 3_000,
    memoryMb: 256,
    environment: {
      ...lambdaEnvironment('Sample-Work', 'index.handler', 256, folder),
      ...settings.environment,
    },
    concurrency: settings.concurrency ?? 2,
    onLine: (id, line) => lines.push(`${id}> ${line}`),
  });
  return host;
}

it('a handler receives the event as JSON, a context, and only the given environment', async () => {
  const answer = await hostOf('good', { environment: { TABLE_NAME: 'T' } }).invoke({
    when: new Date(0),
    gone: undefined,
  });
  expect(answer).toMatchObject({
    event: { when: '1970-01-01T00:00:00.000Z' },
    context: { functionName: 'Sample-Work', memoryLimitInMB: '256', functionVersion: '$LATEST' },
    env: {
      TABLE_NAME: 'T',
      AWS_LAMBDA_FUNCTION_NAME: 'Sample-Work',
      AWS_REGION: 'us-east-1',
      _HANDLER: 'index.handler',
    },
  });
  expect(answer).toHaveProperty('context.awsRequestId', expect.stringMatching(/^[0-9a-f-]{36}$/));
  expect(answer).toHaveProperty('remainingMs', expect.closeTo(3_000, -3));
  expect(answer).not.toHaveProperty('env.PATH');
  expect(await host?.invoke({ nothing: true })).toBeNull();
});

it('a worker serves one invocation at a time, and the concurrency limits the workers', async () => {
  const work = hostOf('good', { concurrency: 2 });
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => work.invoke({ sleepMs: 20 })));
  const counts = answers.map((answer) => Reflect.get(Object(answer), 'invocations'));
  // Two workers counted six invocations between them.
  expect(counts.filter((count) => count === 1)).toHaveLength(2);
  expect(counts).toContain(3);
});

it('the output of a function is reported line by line with its id', async () => {
  await hostOf('good').invoke({ say: 'hello\nworld' });
  await expect
    .poll(() => lines.toSorted())
    .toEqual(['Sample/Work> and hello', 'Sample/Work> hello', 'Sample/Work> world', 'Sample/Work> world']);
});

it('an error of the handler keeps its name, and the worker survives', async () => {
  const work = hostOf('good');
  await expect(work.invoke({ throw: 'a failure' })).rejects.toMatchObject({
    errorType: 'SpecialError',
    message: 'Sample/Work: a failure',
  });
  expect(await work.invoke({})).toMatchObject({ invocations: 2 });
});

it('a handler in a busy loop is ended at the timeout, and its worker is replaced', async () => {
  const work = hostOf('good', { timeoutMs: 150, concurrency: 1 });
  await expect(work.invoke({ spin: true })).rejects.toMatchObject({
    errorType: 'Sandbox.Timedout',
    message: 'Sample/Work: Task timed out after 0.15 seconds',
  });
  expect(await work.invoke({})).toMatchObject({ invocations: 1 });
});

it('a killed worker rejects its invocation and is replaced', async () => {
  const work = hostOf('good', { concurrency: 1 });
  expect(work.kill()).toBeUndefined();
  await work.invoke({});
  const lost = work.invoke({ sleepMs: 2_000 });
  const next = work.invoke({});
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(work.kill()).toBe('busy');
  await expect(lost).rejects.toMatchObject({ errorType: 'Sandbox.Killed' });
  expect(await next).toMatchObject({ invocations: 1 });
  expect(work.kill()).toBe('idle');
  expect(await work.invoke({})).toMatchObject({ invocations: 1 });
});

it('a crash outside the handler ends the invocation', async () => {
  await expect(hostOf('good').invoke({ crash: 'late', sleepMs: 2_000 })).rejects.toMatchObject({
    errorType: 'Runtime.ExitError',
    message: expect.stringContaining('late'),
  });
});

it('each failed cold start reports the function and the reason', async () => {
  const work = hostOf('broken');
  const failure = { message: 'Sample/Work: cold start failed: Error: TABLE_NAME is missing' };
  await expect(work.invoke({})).rejects.toMatchObject(failure);
  await expect(work.invoke({})).rejects.toMatchObject(failure);
  await work.stop();
  await expect(hostOf('broken', { environment: { TABLE_NAME: 'T' } }).invoke({})).rejects.toThrow(
    'handler is not a function',
  );
});
