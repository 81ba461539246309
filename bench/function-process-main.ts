/** Runs in a process of its own: loads a bundle, hands it batches, and says what they cost. Started by `function-process.ts`. */
import type { RoundCost, RoundRequest } from './function-process.ts';

const [path = ''] = process.argv.slice(2);
const bundle: Readonly<Record<string, unknown>> = await import(path);
const { handler } = bundle;
if (typeof handler !== 'function') throw new TypeError(`${path} has no handler`);

/** The members of Lambda's context that anything looks at. */
const context = {
  functionName: 'bench',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  memoryLimitInMB: '512',
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  getRemainingTimeInMillis: () => 60_000,
};

const spend = async ({ events, atOnce }: RoundRequest): Promise<RoundCost> => {
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

process.on('message', (asked: RoundRequest) => void spend(asked).then((spent) => process.send?.(spent)));
process.send?.('ready');
