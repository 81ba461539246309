import { InvalidArgumentError } from 'commander';
import { knownCatalogs } from '../../../lambdas/core/catalogs.ts';
import { isDay } from '../../../lambdas/core/instant.ts';
import type { ListedRecord } from '../stores/record-list.ts';
import type { Column } from '../table.ts';

/** A kind of record with the texts of its commands. */
export interface RecordGroup {
  readonly kind: 'opportunity' | 'engagement-invitation' | 'engagement';
  readonly name: string;
  readonly one: string;
  /** An example of an id. */
  readonly example: string;
  readonly columns: readonly Column<ListedRecord>[];
  /** Columns of the CSV, in this order. */
  readonly members: readonly (keyof ListedRecord)[];
}

const id: Column<ListedRecord> = { head: 'ID', value: (row) => row.id, cut: 'never' };
const title: Column<ListedRecord> = { head: 'TITLE', value: (row) => row.title, cut: 'first' };
const customer: Column<ListedRecord> = { head: 'CUSTOMER', value: (row) => row.customerName, cut: 'first' };
const modified: Column<ListedRecord> = { head: 'MODIFIED', value: (row) => row.modifiedAt };
const ids = ['catalog', 'id', 'version', 'title'] as const;
const last = ['modifiedAt', 'tombstone'] as const;

export const recordGroups: readonly RecordGroup[] = [
  {
    kind: 'opportunity',
    name: 'opportunities',
    one: 'opportunity',
    example: 'O1234567',
    columns: [
      id,
      { head: 'STAGE', value: ({ stage }) => stage },
      { head: 'REVIEW', value: ({ reviewStatus }) => reviewStatus },
      { head: 'CLOSES', value: ({ dueOn }) => dueOn },
      customer,
      title,
      modified,
    ],
    members: [
      ...ids,
      'customerName',
      'stage',
      'reviewStatus',
      'dueOn',
      'engagementId',
      ...last,
      'partnerId',
      'amount',
      'currency',
      'nextSteps',
      'owner',
    ],
  },
  {
    kind: 'engagement-invitation',
    name: 'invitations',
    one: 'invitation',
    example: 'engi-abcdefgh123456',
    columns: [
      id,
      { head: 'STATUS', value: ({ status }) => status, isState: true },
      { head: 'EXPIRES', value: ({ dueOn }) => dueOn },
      customer,
      title,
      { head: 'ENGAGEMENT', value: ({ engagementId }) => engagementId, cut: 'never' },
    ],
    members: [...ids, 'customerName', 'status', 'dueOn', 'engagementId', ...last],
  },
  {
    kind: 'engagement',
    name: 'engagements',
    one: 'engagement',
    example: 'eng-abcdefgh123456',
    columns: [id, title, { head: 'VERSION', value: ({ version }) => version }, modified],
    members: [...ids, ...last],
  },
];

export const invitationStatuses = ['PENDING', 'ACCEPTED', 'REJECTED', 'EXPIRED'];

/**
 * Corrects upper and lower case to AWS's spelling. Unknown values are kept: AWS sends values
 * outside its model.
 */
export function normalizeCase(known: readonly string[]): (text: string) => string {
  return (text) => known.find((value) => value.toLowerCase() === text.toLowerCase()) ?? text;
}

/** Unknown catalogs are allowed, because AWS may add some. */
export function catalogValue(text: string): string {
  if (/^[\w-]+$/.test(text)) return normalizeCase(knownCatalogs)(text);
  throw new InvalidArgumentError('Allowed: AWS, Sandbox, or the name of another catalog.');
}

export function nameValue(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Allowed: the start of a name.');
}

export function idValue(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Allowed: an id.');
}

export function dayValue(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('Allowed: a day such as 2026-06-30.');
  return text;
}
