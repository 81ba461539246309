import { personalData } from '../../lambdas/core/personal-data.ts';
import { recordKinds } from '../../lambdas/core/record.ts';
import { controlItems } from './dictionary-control.ts';
import { recordItems } from './dictionary-records.ts';
import { webhookItems } from './dictionary-webhooks.ts';
import { renderTable } from './markdown-table.ts';

/** As the API of DynamoDB calls it: text, number, true or false, list, map, bytes. */
export type AttributeType = 'S' | 'N' | 'BOOL' | 'L' | 'M' | 'B';

export interface Attribute {
  readonly type: AttributeType;
  readonly meaning: string;
  /** It holds names, contacts, texts or amounts that tell of people, customers or their business; or it may. */
  readonly personal?: 'yes' | 'may';
}

/** Every attribute that an item may have, and no other: each list of them is checked against the type of the item. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** Items of one table that have their attributes in common. */
export interface ItemKind {
  readonly name: string;
  /** How `pk` and `sk` are made. */
  readonly keys: string;
  readonly kept: string;
  readonly attributes: Attributes;
}

interface Index {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly holds: string;
  /** Besides its keys and those of the table. */
  readonly carries: readonly string[];
}

export interface TableDictionary {
  readonly name: string;
  readonly output: string;
  readonly items: readonly ItemKind[];
  readonly indexes: readonly Index[];
}

/** Every name that any member of a union has: `keyof` alone gives those that all of them have. */
export type NamesOf<Item> = Item extends unknown ? keyof Item : never;

export const dictionary: readonly TableDictionary[] = [recordItems, webhookItems, controlItems];

const typeNames: Readonly<Record<AttributeType, string>> = {
  S: 'text',
  N: 'number',
  BOOL: 'true or false',
  L: 'list',
  M: 'map',
  B: 'bytes',
};

/** The tables of `docs/data.md`, one after the other. */
export function renderDictionary(): string {
  return dictionary
    .map(({ name, output, items, indexes }) =>
      [
        `## Table ${name}`,
        `Output \`${output}\`.`,
        ...items.map(renderItems),
        ...renderIndexes(indexes),
      ].join('\n\n'),
    )
    .join('\n\n');
}

function renderItems({ name, keys, kept, attributes }: ItemKind): string {
  const rows = Object.entries(attributes).map(([attribute, { type, meaning, personal }]) => [
    `\`${attribute}\``,
    typeNames[type],
    meaning,
    personal ?? '',
  ]);
  const shown = renderTable(['attribute', 'type', 'meaning', 'personal data'], rows);
  return [`### ${name}`, keys, `**Kept**: ${kept}`, shown].join('\n\n');
}

function renderIndexes(indexes: readonly Index[]): readonly string[] {
  if (indexes.length === 0) return [];
  const rows = indexes.map(({ name, partitionKey, sortKey, holds, carries }) => [
    `\`${name}\``,
    `\`${partitionKey}\``,
    `\`${sortKey}\``,
    holds,
    carries.length === 0 ? 'keys only' : carries.map((attribute) => `\`${attribute}\``).join(', '),
  ]);
  return ['### Indexes', renderTable(['index', 'by', 'in the order of', 'holds', 'carries'], rows)];
}

/** The members of a payload that are personal data: what `redact: [personal-data]` leaves out, and what a rejected invitation loses. */
export function renderPersonalData(): string {
  return recordKinds
    .map((kind) =>
      [`### ${kind}`, personalData[kind].map((member) => `- \`${member}\``).join('\n')].join('\n\n'),
    )
    .join('\n\n');
}
