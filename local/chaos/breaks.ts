import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/** Removes one safeguard from the source while the functions are bundled. */
export interface Break {
  /** How the functions behave without the safeguard, in one sentence. */
  readonly what: string;
  readonly replacements: readonly Replacement[];
}

export interface Replacement {
  /** Path relative to `lambdas/`; `../` leads to the root of the project. */
  readonly file: string;
  /** Must occur exactly once in the file: a break that changes nothing proves nothing. */
  readonly from: string;
  readonly to: string;
}

/**
 * All breaks by name. The checker must detect each within a few seeds, or the checker is blind to
 * it.
 */
export const breaks: Readonly<Record<string, Break>> = {
  'write-condition': {
    what: 'a version is written even if another worker has written one meanwhile',
    replacements: [
      {
        file: 'adapters/record-put.ts',
        from: 'Item: withPayload(item, payload), ...ifUnchanged(before), ...returnFound };',
        to: 'Item: withPayload(item, payload), ...(before ? {} : { ...ifUnchanged(before), ...returnFound }) };',
      },
    ],
  },
  'outbox-sweep': {
    what: 'the sweep does not look for versions that were not fanned out',
    replacements: [
      { file: 'sweep/sweep.ts', from: 'records.dueIntents(now, mostRows),', to: 'Promise.resolve([]),' },
    ],
  },
  'delivery-sweep': {
    what: 'the sweep does not look for deliveries whose doorbell was lost',
    replacements: [
      {
        file: 'sweep/sweep.ts',
        from: 'deliveries.due(lostSince, mostRows),',
        to: 'Promise.resolve([]),',
      },
    ],
  },
  lease: {
    what: 'a delivery can be claimed while another worker has its lease',
    replacements: [
      {
        file: 'adapters/dynamodb-delivery-store.ts',
        from: "ADD attemptNumber :one',\n    ConditionExpression: all(isPending, isDue, hasAttempts),",
        // DynamoDB refuses a value that no expression uses.
        to: "ADD attemptNumber :one',\n    ConditionExpression: all(isPending, 'dueAt <> :now', hasAttempts),",
      },
    ],
  },
  'coalescing-margin': {
    what: 'an event counts as reflected by any later read, without settling time and rounding of its time',
    replacements: [
      {
        file: 'hydrate/events.ts',
        from: 'epochMsOf(time) + 1_000 * eventResolutionSeconds + settleMs <= epochMsOf(readAt)',
        to: 'epochMsOf(time) <= epochMsOf(readAt) + 0 * settleMs * eventResolutionSeconds',
      },
    ],
  },
  'ripe-read': {
    what: 'an event that was read early gets no ripe read',
    replacements: [
      {
        file: 'hydrate/wait-until-ripe.ts',
        from: 'young.map((each) => sendWhenRipe(each, deps))',
        to: 'young.filter(({ event }) => event.listed).map((each) => sendWhenRipe(each, deps))',
      },
    ],
  },
  quota: {
    what: 'reads are made without acquiring a permit',
    replacements: [
      { file: 'adapters/send-selling-command.ts', from: '    await quota.acquirePermit();\n', to: '' },
    ],
  },
  freshness: {
    what: 'the last read is stored even if its state is older',
    replacements: [
      {
        file: 'core/version.ts',
        from: "  if (current && compareFreshness(next, current, lagMs) <= 0) return { outcome: 'stale' };\n",
        to: '',
      },
    ],
  },
  'freshness-late-read': {
    what: "AWS's timestamps alone decide: later reads never win, and nothing is read again",
    replacements: [
      {
        file: 'core/freshness.ts',
        from: '  return isFarApart(a, b, lagMs) ? 0 : compareTexts(a.lastModifiedAt, b.lastModifiedAt);\n',
        to: '  return compareTexts(a.lastModifiedAt, b.lastModifiedAt);\n',
      },
      {
        file: 'core/freshness.ts',
        from: '  if (byAws === 0 || Math.sign(byAws) === byRead',
        to: '  if (byAws !== byRead || byAws === byRead',
      },
    ],
  },
  'webhook-id': {
    what: 'a message gets a new id with each attempt',
    replacements: [
      {
        file: 'core/message.ts',
        from: 'return { id: version.messageId,',
        to: "return { id: `msg_${Date.now().toString(16).padStart(32, '0')}`,",
      },
    ],
  },
  signature: {
    what: 'the signed bytes differ from the sent bytes',
    replacements: [
      {
        file: 'core/webhook-request.ts',
        from: 'signedHeaders(secrets, id, nowSeconds, body)',
        to: "signedHeaders(secrets, id, nowSeconds, body + ' ')",
      },
    ],
  },
  order: {
    what: 'a delivery does not wait for its predecessor',
    replacements: [
      {
        file: 'deliver/predecessor.ts',
        from: "if (ordering !== 'per-record' || version.version === 1",
        to: "if (ordering !== 'none' || version.version === 1",
      },
    ],
  },
  canary: {
    what: 'a payload is logged',
    replacements: [
      {
        file: 'adapters/dynamodb-record-writer.ts',
        from: "      storeCall('commit', async () => {\n",
        to: "      storeCall('commit', async () => {\n        console.log(JSON.stringify(version.payload));\n",
      },
    ],
  },
  parking: {
    what: 'an event that no function handles is deleted instead of kept',
    replacements: [
      {
        file: 'quarantine/quarantine.ts',
        from: '    await kept.park(message.body, { code, reason });\n',
        to: '',
      },
    ],
  },
  redaction: {
    what: 'a rejected invitation keeps its sensitive data',
    replacements: [
      {
        file: 'core/redaction.ts',
        from: '  if (!redactRejected || !isTakenAway) return content;\n',
        to: '  if (isTakenAway || !redactRejected) return content;\n',
      },
    ],
  },
  blame: {
    what: 'an answer about one message counts against the endpoint',
    replacements: [
      {
        file: 'core/blame.ts',
        from: "'message-refused': { attemptSpent: true, countsAgainstEndpoint: false,",
        to: "'message-refused': { attemptSpent: true, countsAgainstEndpoint: true,",
      },
      {
        file: 'core/blame.ts',
        from: "return kind === 'delivered' || kind === 'message-refused';",
        to: "return kind === 'delivered';",
      },
    ],
  },
  'secret-waits': {
    what: 'an unusable secret ends a delivery',
    replacements: [
      {
        file: 'deliver/deliver.ts',
        from: "if (fault) return { step: 'block', fault };",
        to: "if (fault) return { step: 'give-up', error };",
      },
    ],
  },
  'reused-id': {
    what: 'the id of a message is derived from its record and number only',
    replacements: [
      {
        file: 'core/ids.ts',
        from: 'deriveId(recordPath(origin), String(version), ...says)}`;',
        to: 'deriveId(recordPath(origin), String(version), ...says.slice(says.length))}`;',
      },
    ],
  },
  erasure: {
    what: 'a read after an erasure stores everything again',
    replacements: [
      {
        file: 'core/version.ts',
        from: 'const erased = current ? current.erased : observation.erased;',
        to: 'const erased = current ? undefined : observation.erased;',
      },
    ],
  },
  'idle-reset': {
    what: 'an idle connection that is reset on reuse fails the attempt',
    replacements: [
      {
        file: 'adapters/send-request.ts',
        from: 'if (again && sent.reusedSocket &&',
        to: 'if (again && !sent.reusedSocket &&',
      },
    ],
  },
  'exact-numbers': {
    what: 'a number that JavaScript cannot hold becomes the nearest one that it can',
    replacements: [
      {
        file: 'core/exact-number.ts',
        from: 'return isSame ? value : new ExactNumber(text);',
        to: 'return isSame || Number.isFinite(value) ? value : new ExactNumber(text);',
      },
    ],
  },
  'odd-answers': {
    what: 'an accepted message counts as failed if the answer is not strict HTTP',
    replacements: [
      {
        file: 'adapters/send-request.ts',
        from: 'const odd = isRefusedByParser(error) ? parseOddAnswer(bytes) : undefined;',
        to: 'const odd = isRefusedByParser(error) ? undefined : parseOddAnswer(bytes);',
      },
    ],
  },
  reconcile: {
    what: 'the findings of a reconciliation are not sent',
    replacements: [
      { file: 'reconcile/send-findings.ts', from: '  await queue.send(findings', to: '  void (findings' },
    ],
  },
};

const lambdas = fileURLToPath(new URL('../../lambdas/', import.meta.url));

/** @throws Error if a text to replace does not occur exactly once in its file */
export function breakPlugin({ replacements }: Break): Plugin {
  const broken = new Map<string, string>();
  for (const { file, from, to } of replacements) {
    const path = join(lambdas, file);
    const source = broken.get(path) ?? readFileSync(path, 'utf8');
    const times = source.split(from).length - 1;
    if (times !== 1)
      throw new Error(`lambdas/${file} contains the text to replace ${times} times, not once:\n${from}`);
    broken.set(
      path,
      source.replace(from, () => to),
    );
  }
  return {
    name: 'chaos-break',
    setup(builder) {
      builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = broken.get(path);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
}
