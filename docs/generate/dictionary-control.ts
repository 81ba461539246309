import type { QuotaLedger } from '../../lambdas/quota/ledger.ts';
import type { Attribute, TableDictionary } from './table-dictionary.ts';

type Keys = 'pk' | 'sk';
type Dictionary<Names extends PropertyKey> = Readonly<Record<Names, Attribute>>;

const keys = {
  pk: { type: 'S', meaning: 'what kind of item it is' },
  sk: { type: 'S', meaning: 'which of them it is' },
} satisfies Dictionary<Keys>;

const ledger = {
  ...keys,
  writer: { type: 'S', meaning: 'the worker that wrote it, on whose clock its instants are' },
  writtenAt: { type: 'S', meaning: 'when it did' },
  nextFreeAt: { type: 'S', meaning: 'when the next read may be sent that nobody has reserved' },
  closedUntil: { type: 'S', meaning: 'nobody reads before, because Partner Central throttled' },
  closures: { type: 'N', meaning: 'how often in a row that happened' },
  hours: { type: 'M', meaning: 'reads by the hour (`2026-03-01T10`) of the last day' },
  revision: { type: 'N', meaning: 'counts the writes' },
} satisfies Dictionary<Keys | keyof QuotaLedger | 'revision'>;

/** Written by updates, so that the test alone holds this list complete, and the two below. */
const pass = {
  ...keys,
  dueAt: { type: 'S', meaning: 'when it runs next; while it runs, the end of the lease' },
  leased: { type: 'BOOL', meaning: 'true while a worker has it' },
  requested: { type: 'BOOL', meaning: 'true if an operator has requested a run' },
  fullRequestedAt: { type: 'S', meaning: 'when an operator last requested a full pass' },
  state: {
    type: 'M',
    meaning:
      '`watermark` (the timestamp of AWS at which the next pass begins), `heldSince`, `lastFullAt`, `failedAt`, and `progress` of a running pass',
  },
} satisfies Dictionary<Keys | 'dueAt' | 'leased' | 'requested' | 'fullRequestedAt' | 'state'>;

const sighting = {
  ...keys,
  lastEventAt: { type: 'S', meaning: 'when the last event came, to the hour' },
  firstReadAt: { type: 'S', meaning: 'if no event has arrived yet: when this item was first read' },
} satisfies Dictionary<Keys | 'lastEventAt' | 'firstReadAt'>;

const detailType = {
  ...keys,
  firstSeenAt: { type: 'S', meaning: 'when it came for the first time' },
} satisfies Dictionary<Keys | 'firstSeenAt'>;

const solutions = {
  ...keys,
  names: { type: 'M', meaning: 'names of the solutions of the account, by id' },
  readAt: { type: 'S', meaning: 'when they were listed' },
} satisfies Dictionary<Keys | 'names' | 'readAt'>;

/** One item each, or one for each list or word: none of it grows with the records. */
const kept = 'for good, written over.';

export const controlItems: TableDictionary = {
  name: 'Control',
  output: 'ControlTableName',
  items: [
    { name: 'The ledger of reads', keys: '`pk` is `quota`, `sk` is `reads`.', kept, attributes: ledger },
    {
      name: 'Passes of reconcile',
      keys: '`pk` is `pass`, `sk` is `<catalog>/<list>`, such as `AWS/opportunities`.',
      kept,
      attributes: pass,
    },
    { name: 'The last event', keys: '`pk` is `sightings`, `sk` is `event`.', kept, attributes: sighting },
    {
      name: 'Detail-types that nobody knew',
      keys: '`pk` is `detail-type`, `sk` its name.',
      kept: 'for good.',
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
