import {
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Attributes,
  fromAttributes,
  toAttributes,
  tryConditionalWrite,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { contentOf, type Item, storedContent } from '../../../lambdas/adapters/record-content.ts';
import { changeOf } from '../../../lambdas/adapters/record-redaction.ts';
import { contentHashOf } from '../../../lambdas/core/digest.ts';
import { eraseChanges, erasePayload } from '../../../lambdas/core/erasure.ts';
import { type DeliveryId, isDeliveryId } from '../../../lambdas/core/ids.ts';
import { parseRecordPath, type RecordKey, recordPath } from '../../../lambdas/core/record.ts';
import { recordTable } from '../../../lambdas/core/tables.ts';

/** A delivery, as far as an erasure needs it. */
export interface FoundDelivery {
  readonly id: DeliveryId;
  readonly record: string;
  readonly version: number;
  readonly isOpen: boolean;
  /** Paths of what receivers answered, such as `attempts[0].answer`. */
  readonly answers: readonly string[];
  /** Whether an answer contains the searched text. */
  readonly matches: boolean;
}

/** Rows that contain personal data. Every write is safe to repeat. */
export interface ErasureRows {
  /**
   * Scans table Records. Returns records with an item for which `matches` holds, and records whose
   * erasure was interrupted.
   */
  find(matches: (texts: readonly string[]) => boolean): Promise<readonly RecordKey[]>;
  /** Numbers of the versions of a record that are not erased. */
  unerasedVersions(key: RecordKey): Promise<readonly number[]>;
  /** Removes the content of every version of a record that is not erased. */
  eraseVersions(key: RecordKey): Promise<void>;
  /** Scans table Webhooks. */
  deliveries(matches: (texts: readonly string[]) => boolean): Promise<readonly FoundDelivery[]>;
  removeAnswers(delivery: FoundDelivery): Promise<void>;
}

export function dynamodbErasureRows(
  client: DynamoDBClient,
  { records, webhooks }: { readonly records: string; readonly webhooks: string },
): ErasureRows {
  const unerased = async (key: RecordKey) => {
    const query = {
      TableName: records,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :version)',
      FilterExpression: 'attribute_not_exists(erased)',
      ExpressionAttributeValues: toAttributes({
        ':pk': recordPath(key),
        ':version': recordTable.versionSortKeyPrefix,
      }),
    };
    const items: Attributes[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, query)) items.push(...Items);
    return items.map(fromAttributes);
  };
  return {
    async find(matches) {
      const found = new Map<string, { isErased: boolean; isLeft: boolean; isWanted: boolean }>();
      for await (const { Items = [] } of paginateScan(
        { client },
        { TableName: records, ConsistentRead: true },
      ))
        for (const item of Items.map(fromAttributes)) {
          const path = String(item['pk']);
          const before = found.get(path) ?? { isErased: false, isLeft: false, isWanted: false };
          const isCurrent = item['sk'] === recordTable.currentSortKey;
          const isErased = item['erased'] === true;
          found.set(path, {
            isErased: before.isErased || (isCurrent && isErased),
            isLeft: before.isLeft || !(isCurrent || isErased),
            isWanted: before.isWanted || (!isErased && matches(textsIn(item))),
          });
        }
      return [...found].flatMap(([path, { isErased, isLeft, isWanted }]) => {
        const key = parseRecordPath(path);
        return key && (isWanted || (isErased && isLeft)) ? [key] : [];
      });
    },
    unerasedVersions: async (key) => (await unerased(key)).map(({ version }) => Number(version)),
    async eraseVersions(key) {
      for (const item of await unerased(key)) {
        const input = changeOf(records, item, erasedAttributes(item));
        await tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
      }
    },
    async deliveries(matches) {
      const found: FoundDelivery[] = [];
      for await (const { Items = [] } of paginateScan(
        { client },
        { TableName: webhooks, ConsistentRead: true },
      ))
        found.push(...Items.map(fromAttributes).flatMap((item) => foundDelivery(item, matches)));
      return found;
    },
    async removeAnswers({ id, answers }) {
      if (answers.length === 0) return;
      const input = {
        TableName: webhooks,
        Key: toAttributes({ pk: `delivery#${id}`, sk: 'delivery' }),
        UpdateExpression: `REMOVE ${answers.join(', ')}`,
        ConditionExpression: 'attribute_exists(pk)',
      };
      await tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
    },
  };
}

/** An item that was edited by hand and cannot be read is erased too. */
function contentIn(item: Item): ReturnType<typeof contentOf> {
  try {
    return contentOf(item);
  } catch {
    return { payload: {}, changes: [] };
  }
}

function erasedAttributes(item: Item): Item {
  const content = contentIn(item);
  const payload = erasePayload(content.payload);
  const gone = { packed: undefined, title: undefined, customerName: undefined, solutions: undefined };
  const stored = storedContent({ payload, changes: eraseChanges(content.changes) });
  return { ...gone, ...stored, contentHash: contentHashOf(payload), erased: true };
}

/** Every text of an item, also in what is packed. */
function textsIn(item: Item): readonly string[] {
  return [...texts({ ...item, packed: undefined }), ...texts(contentIn(item))];
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(texts);
}

/** Members of an attempt. A reason can quote the receiver, such as the Location of a redirect. */
const textsOfReceivers = ['answer', 'reason'] as const;

function foundDelivery(item: Item, matches: (texts: readonly string[]) => boolean): readonly FoundDelivery[] {
  const { id, record, version, status, attempts } = item;
  if (!isDeliveryId(id) || item['sk'] !== 'delivery') return [];
  const rows: readonly unknown[] = Array.isArray(attempts) ? attempts : [];
  const answers = rows.flatMap((each, index) =>
    textsOfReceivers
      .filter((member) => typeof each === 'object' && each !== null && member in each)
      .map((member) => `attempts[${index}].${member}`),
  );
  const isOpen = status === 'pending' || status === 'held';
  return [
    { id, record: String(record), version: Number(version), isOpen, answers, matches: matches(texts(rows)) },
  ];
}
