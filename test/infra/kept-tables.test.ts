import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesized-stack.ts';

/**
 * The tables as customers have deployed them. An index is written as its keys and what it projects
 * besides them.
 */
const kept: Readonly<Record<string, KeptTable>> = {
  RecordsTableC9B7A30B: {
    keys: 'pk, sk',
    timeToLive: undefined,
    stream: 'KEYS_ONLY',
    indexes: {
      recordsByModification: 'catalogKind, modifiedAt: summary',
      recordsByStatus: 'catalogKindStatus, dueKey: summary',
      recordsByCustomer: 'catalogKind, customerKey: summary',
      recordsByEngagement: 'engagementKey, pk: summary',
      recordsByPartnerId: 'partnerKey, pk: summary',
      versionsByDay: 'dayKey, knownAt: summary',
      outbox: 'outbox, outboxDueAt: keys only',
    },
  },
  ControlTable70B6FEE0: { keys: 'pk, sk', timeToLive: undefined, stream: undefined, indexes: {} },
  WebhookDeliveryWebhooksF7CB6ADA: {
    keys: 'pk, sk',
    timeToLive: 'expiresAtEpochSeconds',
    stream: undefined,
    indexes: {
      due: 'due, dueAt: keys only',
      byEndpoint:
        'endpointId, createdAt: id, status, record, version, messageId, attemptNumber, dueAt, reason, wanted',
    },
  },
};

const advice = `
This orphans or rewrites customers' data.
- Another logical id or another key: CloudFormation makes an empty table, and leaves the full one behind.
- An index of the same name with other keys or another projection: CloudFormation refuses the update.
- A removed index: the release before, which runs during the deployment, still queries it.
Instead:
- Keep the ids of the constructs and the keys of the tables.
- List more: add a member to the map \`summary\`. No index changes.
- Query by something else: add one index under a new name, at most one for each table and release, and add it here.
  A release later the functions may query it. Another release later the old index may go.
- Read docs/upgrade.md, and mend what this test compares only if it says so.`;

interface KeptTable {
  readonly keys: string;
  readonly timeToLive: string | undefined;
  readonly stream: string | undefined;
  readonly indexes: Readonly<Record<string, string>>;
}

const keySchema = v.array(v.object({ AttributeName: v.string() }));
const tableSchema = v.object({
  KeySchema: keySchema,
  TimeToLiveSpecification: v.optional(v.object({ AttributeName: v.string() })),
  StreamSpecification: v.optional(v.object({ StreamViewType: v.string() })),
  GlobalSecondaryIndexes: v.optional(
    v.array(
      v.object({
        IndexName: v.string(),
        KeySchema: keySchema,
        Projection: v.object({
          ProjectionType: v.string(),
          NonKeyAttributes: v.optional(v.array(v.string())),
        }),
      }),
    ),
    [],
  ),
});

function namesOf(schema: v.InferOutput<typeof keySchema>): string {
  return schema.map(({ AttributeName }) => AttributeName).join(', ');
}

function describeTable(properties: unknown): KeptTable {
  const table = v.parse(tableSchema, properties);
  return {
    keys: namesOf(table.KeySchema),
    timeToLive: table.TimeToLiveSpecification?.AttributeName,
    stream: table.StreamSpecification?.StreamViewType,
    indexes: Object.fromEntries(
      table.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => {
        const { ProjectionType, NonKeyAttributes = [] } = Projection;
        const projected = ProjectionType === 'KEYS_ONLY' ? 'keys only' : NonKeyAttributes.join(', ');
        return [IndexName, `${namesOf(KeySchema)}: ${projected}`];
      }),
    ),
  };
}

const tables = new Map(
  synthesize()
    .ofType('AWS::DynamoDB::GlobalTable')
    .map(([id, properties]) => [id, describeTable(properties)]),
);

describe('the tables that customers have', () => {
  it('keep their logical ids', () => {
    expect([...tables.keys()].toSorted(), advice).toEqual(Object.keys(kept).toSorted());
  });

  it.each(Object.entries(kept))(
    '%s keeps its keys, its indexes with their projections, its time to live and its stream',
    (id, table) => {
      expect(tables.get(id), advice).toEqual(table);
    },
  );
});
