import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromAttributes, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { type PassFailure, type PassKey, passNames } from '../../../lambdas/core/pass.ts';
import { instant } from '../../../lambdas/core/value-schema.ts';

const text = v.optional(v.string());
const passResult = v.object({
  startedAt: instant,
  items: v.number(),
  findings: v.number(),
  changes: v.number(),
  missing: v.number(),
  unusable: v.number(),
});
const row = v.object({
  sk: v.string(),
  dueAt: text,
  requested: v.optional(v.boolean(), false),
  leased: v.optional(v.boolean(), false),
  state: v.optional(
    v.object({
      failedAt: text,
      finishedAt: text,
      failure: v.optional(v.object({ code: v.string(), reason: v.string() })),
      result: v.optional(passResult),
      progress: v.optional(v.unknown()),
    }),
    {},
  ),
});

/** A pass, from its row in the Control table. */
export interface PassRow {
  readonly dueAt?: string | undefined;
  /** The pass was requested and has not started yet. */
  readonly requested: boolean;
  readonly leased: boolean;
  /** Set if Partner Central refused the pass. */
  readonly failedAt?: string | undefined;
  readonly failure?: PassFailure | undefined;
  /** When the last complete pass ended. */
  readonly finishedAt?: string | undefined;
  /** What it found. Undefined if a release before this one ran it. */
  readonly result?: v.InferOutput<typeof passResult> | undefined;
  /** Set while the pass runs: its position. */
  readonly progress?: unknown;
}

export function passKeys(catalogs: readonly string[]): readonly PassKey[] {
  return catalogs.flatMap((catalog) => passNames.map((name) => ({ catalog, name })));
}

export function passPath({ catalog, name }: PassKey): string {
  return `${catalog}/${name}`;
}

/** Returns the rows by path. Malformed rows are left out: their passes start again anyway. */
export async function passRows(
  client: DynamoDBClient,
  tableName: string,
): Promise<ReadonlyMap<string, PassRow>> {
  const rows = new Map<string, PassRow>();
  const query = {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pass',
    ExpressionAttributeValues: toAttributes({ ':pass': 'pass' }),
    ConsistentRead: true,
  };
  for await (const items of queryPages(client, query))
    for (const item of items) {
      const parsed = v.safeParse(row, fromAttributes(item));
      if (!parsed.success) continue;
      const { sk, state, ...flags } = parsed.output;
      rows.set(sk, { ...flags, ...state });
    }
  return rows;
}

/** Whether a pass that was requested after `before` was read has ended. */
export function hasEnded(before: PassRow | undefined, now: PassRow | undefined): boolean {
  if (!now || now.requested || now.leased || now.progress) return false;
  return now.dueAt !== before?.dueAt;
}
