import type { ExportState } from '../../lambdas/core/export-state.ts';
import type { ledgerItem } from '../../lambdas/quota/ledger-item.ts';
import { type Attribute, itemFormatAttribute, type TableDictionary } from './table-dictionary.ts';

type Keys = 'pk' | 'sk' | 'format';
type Dictionary<Names extends PropertyKey> = Readonly<Record<Names, Attribute>>;

const keys = {
  pk: { type: 'S', meaning: 'kind of the item' },
  sk: { type: 'S', meaning: 'id within the kind' },
  format: itemFormatAttribute,
} satisfies Dictionary<Keys>;

const ledger = {
  ...keys,
  writer: { type: 'S', meaning: 'worker that wrote the item last; the timestamps are from its clock' },
  writtenAt: { type: 'S', meaning: 'when the worker wrote it' },
  nextFreeAt: { type: 'S', meaning: 'when the next unreserved call may be sent' },
  closedUntil: {
    type: 'S',
    meaning: 'no function makes such a call before this time, because Partner Central throttled',
  },
  closures: { type: 'N', meaning: 'how many times in a row Partner Central throttled' },
  hours: { type: 'M', meaning: 'calls per hour (`2026-03-01T10`) of the last day' },
  hoursTotal: { type: 'N', meaning: 'sum of `hours`, which restores them if they are edited' },
  revision: { type: 'N', meaning: 'number of writes, for the optimistic lock' },
} satisfies Dictionary<Keys | keyof ReturnType<typeof ledgerItem> | 'revision'>;

/** Written by updates, so only a test keeps this list and the two lists below complete. */
const pass = {
  ...keys,
  dueAt: { type: 'S', meaning: 'when the pass runs next; while it runs, the end of the lease' },
  leased: { type: 'BOOL', meaning: 'true while a worker holds the lease' },
  requested: { type: 'BOOL', meaning: 'true if an operator requested a pass' },
  fullRequestedAt: { type: 'S', meaning: 'when an operator last requested a full pass' },
  state: {
    type: 'M',
    meaning:
      "`watermark` (AWS timestamp from which the next pass starts), `lastFullAt`, `finishedAt` with `result` (what that pass found), `failedAt` with `failure` (error code and AWS's reason), and `progress` of a running pass",
  },
} satisfies Dictionary<Keys | 'dueAt' | 'leased' | 'requested' | 'fullRequestedAt' | 'state'>;

const sighting = {
  ...keys,
  lastEventAt: { type: 'S', meaning: 'when the last event arrived, to the hour' },
  firstReadAt: { type: 'S', meaning: 'if no event ever arrived: time of the first check' },
} satisfies Dictionary<Keys | 'lastEventAt' | 'firstReadAt'>;

const detailType = {
  ...keys,
  firstSeenAt: { type: 'S', meaning: 'when the first event of this detail-type arrived' },
} satisfies Dictionary<Keys | 'firstSeenAt'>;

const solutions = {
  ...keys,
  names: { type: 'M', meaning: 'names of the solutions of the account, by id' },
  readAt: { type: 'S', meaning: 'when the solutions were listed' },
} satisfies Dictionary<Keys | 'names' | 'readAt'>;

/** Written by `export` only; a test keeps this list complete. */
const exported = {
  ...keys,
  table: { type: 'S', meaning: 'ARN of the table that is exported; with another one a full export begins' },
  bucket: { type: 'S', meaning: 'bucket of the exports; with another one a full export begins' },
  since: { type: 'S', meaning: 'when exports of this table to this bucket began' },
  fullAt: { type: 'S', meaning: 'time of the full export that the later ones continue' },
  exportedTo: { type: 'S', meaning: 'everything that was written before is in the bucket' },
  running: {
    type: 'M',
    meaning: 'the running export: `from` (missing from a full one), `to`, and `arn` once AWS has accepted it',
  },
  failures: { type: 'N', meaning: 'how many exports in a row have failed' },
  failedAt: { type: 'S', meaning: 'when the last one failed' },
  failure: { type: 'S', meaning: "AWS's code of that failure" },
  revision: { type: 'N', meaning: 'number of writes, for the optimistic lock' },
} satisfies Dictionary<Keys | keyof ExportState | 'revision'>;

const commandSwitch = {
  ...keys,
  recordTable: { type: 'S', meaning: 'table Records of the last use; with another one commands wait' },
  pausedAt: { type: 'S', meaning: 'when commands were paused, until they are resumed' },
} satisfies Dictionary<Keys | 'recordTable' | 'pausedAt'>;

/** One item, or one per list or word: the number of items does not grow with the records. */
const kept = 'permanently; each write replaces it.';

export const controlItems: TableDictionary = {
  name: 'Control',
  output: 'ControlTableName',
  items: [
    {
      name: 'Quota ledger',
      keys: '`pk` is `quota`, `sk` is `reads`, or `writes` for the calls of commands.',
      kept,
      attributes: ledger,
    },
    {
      name: 'Passes of reconcile',
      keys: '`pk` is `pass`, `sk` is `<catalog>/<list>`, such as `AWS/opportunities`.',
      kept,
      attributes: pass,
    },
    {
      name: 'Switch of commands',
      keys: '`pk` is `commands`, `sk` is `switch`.',
      kept,
      attributes: commandSwitch,
    },
    { name: 'Export to S3', keys: '`pk` is `export`, `sk` is `records`.', kept, attributes: exported },
    { name: 'Last event', keys: '`pk` is `sightings`, `sk` is `event`.', kept, attributes: sighting },
    {
      name: 'Unknown detail-types',
      keys: '`pk` is `detail-type`, `sk` its name.',
      kept: 'permanently.',
      attributes: detailType,
    },
    {
      name: 'Names of solutions',
      keys: '`pk` is `solutions`, `sk` the catalog.',
      kept,
      attributes: solutions,
    },
  ],
  indexes: [],
};
