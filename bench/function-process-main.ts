/**
 * Runs in its own process, started by `function-process.ts`: loads a bundle, invokes it with
 * batches, reports the cost.
 */
import type { RoundCost, RoundRequest } from './function-process.ts';

const [path = ''] = process.argv.slice(2);
const bundle: Readonly<Record<string, unknown>> = await import(path);
const { handler } = bundle;
if (typeof handler !== 'function') throw new TypeError(`${path} has no handler`);

/** The members of Lambda's context that the functions read. */
const context = {
  functionName: 'bench',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  memoryLimitInMB: '512',
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  getRemainingTimeInMillis: () => 60_000,
};

const runRound = async ({ events, atOnce }: RoundRequest): Promise<RoundCost> => {
  const failures: string[] = [];
  const waiting = [...events];
  const invoke = async (): Promise<void> => {
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      const answer: unknown = await handler(JSON.parse(event), context);
      const text = JSON.stringify(answer) ?? '';
      if (text !== '{"batchItemFailures":[]}') failures.push(text);
    }
  };
  const before = process.cpuUsage();
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: atOnce }, invoke));
  const tookMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, tookMs, failures };
};

process.on('message', (request: RoundRequest) => void runRound(request).then((cost) => process.send?.(cost)));
process.send?.('ready');
