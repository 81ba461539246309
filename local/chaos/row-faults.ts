import {
  type AttributeValue,
  type DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { endpointGateKey } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { quotaLedgerKey } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { isEndpointId } from '../../lambdas/core/ids.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import type { ItemKey } from '../../lambdas/core/tables.ts';
import type { ChaosStage } from './chaos-stage.ts';
import type { History } from './history.ts';
import type { RowEdit } from './nemesis-generator.ts';

export interface RowFaultsDeps {
  readonly chaos: () => ChaosStage;
  readonly nowMs: () => number;
  readonly history: History;
}

/** Values of every type. An edit gives an attribute a type that it does not have. */
const oddValues: readonly AttributeValue[] = [
  { S: 'edited' },
  { N: '-7.5' },
  { BOOL: true },
  { NULL: true },
  { L: [{ S: 'edited' }] },
  { M: { edited: { S: 'edited' } } },
  { B: Uint8Array.of(1, 2, 3) },
  { SS: ['edited'] },
];

/**
 * Not edited: the key, and the reads of the past hours. If those are invalid, the ledger takes the
 * day's quota for used up, for longer than a seed takes.
 */
const keptAttributes: ReadonlySet<string> = new Set(['pk', 'sk', 'hours']);

interface Row {
  readonly table: string;
  readonly key: ItemKey;
}

/** Edits rows by hand: gives an attribute another type, or removes it. */
export class RowFaults {
  /** Ids of deliveries that were edited. They may never be sent. */
  readonly deliveries = new Set<string>();
  readonly #deps: RowFaultsDeps;

  constructor(deps: RowFaultsDeps) {
    this.#deps = deps;
  }

  async edit({ row, attribute, value }: Omit<RowEdit, 'kind'>): Promise<void> {
    const { chaos, history } = this.#deps;
    const { dynamodb } = chaos();
    const found = await this.#find(row);
    if (!found) return;
    const { table, key } = found;
    const get = { TableName: table, Key: toAttributes(key), ConsistentRead: true };
    const { Item = {} } = await dynamodb.send(new GetItemCommand(get));
    const names = Object.keys(Item)
      .filter((name) => !keptAttributes.has(name))
      .toSorted();
    const name = names[Math.floor(attribute * names.length)];
    if (name === undefined) return;
    const type = Object.keys(Item[name] ?? {})[0] ?? '';
    const others = oddValues.filter((each) => !(type in each));
    // One more than the values: then the attribute is removed.
    const other = others[Math.floor(value * (others.length + 1))];
    if (row === 'delivery') this.deliveries.add(key.pk.replace('delivery#', ''));
    if (!(await tryEdit(dynamodb, table, key, name, other))) return;
    const given = other === undefined ? 'no value' : `a value of type ${Object.keys(other).join()}`;
    history.note([], `an operator gave ${name} of ${key.pk} ${key.sk} ${given}`);
  }

  async #find(row: RowEdit['row']): Promise<Row | undefined> {
    const { chaos, nowMs } = this.#deps;
    const { dynamodb, tables, stage } = chaos();
    if (row === 'ledger') return { table: stage.tables.get('Control/Table').tableName, key: quotaLedgerKey };
    if (isEndpointId(row)) return { table: tables.webhooks, key: endpointGateKey(row) };
    // The delivery that is due last: its worker has not claimed it yet.
    const due = await dynamodbDeliveryStore(dynamodb, tables.webhooks).due(
      instantOf(nowMs() + 3_600_000),
      50,
    );
    const last = due.at(-1);
    return last && { table: tables.webhooks, key: { pk: `delivery#${last.id}`, sk: 'delivery' } };
  }
}

/** @returns false if DynamoDB refuses the edit, for example because an index has the attribute */
async function tryEdit(
  client: DynamoDBClient,
  TableName: string,
  key: ItemKey,
  name: string,
  value: AttributeValue | undefined,
): Promise<boolean> {
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: toAttributes(key),
        UpdateExpression: value === undefined ? 'REMOVE #name' : 'SET #name = :value',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#name': name },
        ...(value !== undefined && { ExpressionAttributeValues: { ':value': value } }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof DynamoDBServiceException && error.$fault === 'client') return false;
    throw error;
  }
}
