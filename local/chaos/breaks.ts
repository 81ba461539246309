import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/** One safeguard, taken out of the source while it is bundled. */
export interface Break {
  /** What is gone, in one sentence. */
  readonly what: string;
  readonly replacements: readonly Replacement[];
}

export interface Replacement {
  /** Below `lambdas/`. */
  readonly file: string;
  /** Must stand there exactly once: a break that changes nothing proves nothing. */
  readonly from: string;
  readonly to: string;
}

/** By name. Each must be found by the checker within a few seeds, or the checker does not see what it should. */
export const breaks: Readonly<Record<string, Break>> = {
  'write-condition': {
    what: 'a version is written whatever stands there by now',
    replacements: [
      {
        file: 'adapters/dynamodb-record-store.ts',
        from: 'Item: current, ...ifUnchanged(before) }',
        to: 'Item: current }',
      },
      {
        file: 'adapters/dynamodb-record-store.ts',
        from: 'Item, ...ifAbsent };',
        to: 'Item };',
      },
    ],
  },
  'outbox-sweep': {
    what: 'nobody looks for versions that were not fanned out',
    replacements: [
      { file: 'sweep/sweep.ts', from: 'records.dueForFanOut(now, mostRings),', to: 'Promise.resolve([]),' },
    ],
  },
  'delivery-sweep': {
    what: 'nobody looks for deliveries whose ring was lost',
    replacements: [
      {
        file: 'sweep/sweep.ts',
        from: 'deliveries.due(later(now, -patienceMs(timeScale)), mostRings),',
        to: 'Promise.resolve([]),',
      },
    ],
  },
  lease: {
    what: 'a delivery that somebody works on can be claimed again',
    replacements: [
      {
        file: 'adapters/dynamodb-delivery-store.ts',
        from: "ADD attemptNumber :one',\n    ConditionExpression: '#status = :pending AND dueAt <= :now',",
        // DynamoDB refuses a value that no expression uses.
        to: "ADD attemptNumber :one',\n    ConditionExpression: '#status = :pending AND dueAt <> :now',",
      },
    ],
  },
  'coalescing-margin': {
    what: 'an event counts as reflected by any later read, without the time to settle and the second it is cut to',
    replacements: [
      {
        file: 'hydrate/events.ts',
        from: 'epochMsOf(time) + 1_000 * eventResolutionSeconds + settleMs <= epochMsOf(current.readAt)',
        to: 'epochMsOf(time) <= epochMsOf(current.readAt) + 0 * settleMs * eventResolutionSeconds',
      },
    ],
  },
  quota: {
    what: 'reads are sent without waiting for their turn',
    replacements: [{ file: 'adapters/selling-api-reads.ts', from: '    await quota.turn();\n', to: '' }],
  },
  freshness: {
    what: 'whatever was read last is stored, be it older or not',
    replacements: [
      {
        file: 'core/version.ts',
        from: "  if (current && compareFreshness(next, current) <= 0) return { outcome: 'stale' };\n",
        to: '',
      },
    ],
  },
  'webhook-id': {
    what: 'a message gets another id with each attempt',
    replacements: [
      {
        file: 'core/message.ts',
        from: 'return { id: messageIdOf(version),',
        to: "return { id: `msg_${Date.now().toString(16).padStart(32, '0')}`,",
      },
    ],
  },
  signature: {
    what: 'the bytes that are signed are not those that are sent',
    replacements: [
      {
        file: 'deliver/send.ts',
        from: 'signedHeaders(secrets, id, nowSeconds, body)',
        to: "signedHeaders(secrets, id, nowSeconds, body + ' ')",
      },
    ],
  },
  order: {
    what: 'nobody waits for the delivery of the version before',
    replacements: [
      {
        file: 'deliver/turn.ts',
        from: "if (ordering !== 'per-record' || ref.version === 1",
        to: "if (ordering !== 'none' || ref.version === 1",
      },
    ],
  },
  canary: {
    what: 'a payload stands in a log line',
    replacements: [
      {
        file: 'adapters/dynamodb-record-store.ts',
        from: "      storeCall('append', async () => {\n",
        to: "      storeCall('append', async () => {\n        console.log(JSON.stringify(version.payload));\n",
      },
    ],
  },
  parking: {
    what: 'what cannot be used is forgotten and not parked',
    replacements: [
      {
        file: 'quarantine/quarantine.ts',
        from: '  await queue.park(message.body, { code, reason });\n',
        to: '',
      },
    ],
  },
  redaction: {
    what: 'a rejected invitation keeps what is sensitive',
    replacements: [
      {
        file: 'hydrate/hydrate-invitation.ts',
        from: '  if (!redactRejected || !isTakenAway) return content;\n',
        to: '  if (isTakenAway || !redactRejected) return content;\n',
      },
    ],
  },
  reconcile: {
    what: 'what a comparison finds is not sent on',
    replacements: [
      { file: 'reconcile/ending.ts', from: '  await queue.send(findings', to: '  void (findings' },
    ],
  },
};

const lambdas = fileURLToPath(new URL('../../lambdas/', import.meta.url));

/** @throws Error naming the file where a piece to replace does not stand exactly once */
export function breakPlugin({ replacements }: Break): Plugin {
  const broken = new Map<string, string>();
  for (const { file, from, to } of replacements) {
    const path = `${lambdas}${file}`;
    const source = broken.get(path) ?? readFileSync(path, 'utf8');
    const times = source.split(from).length - 1;
    if (times !== 1)
      throw new Error(`lambdas/${file} holds what is to be broken ${times} times, not once:\n${from}`);
    broken.set(
      path,
      source.replace(from, () => to),
    );
  }
  return {
    name: 'chaos-break',
    setup(builder) {
      builder.onLoad({ filter: /\/lambdas\/.*\.ts$/ }, ({ path }) => {
        const contents = broken.get(path);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
}
