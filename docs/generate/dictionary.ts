import { personalData } from '../../lambdas/core/personal-data.ts';
import { recordKinds } from '../../lambdas/core/record.ts';
import { controlItems } from './dictionary-control.ts';
import { recordItems } from './dictionary-records.ts';
import { webhookItems } from './dictionary-webhooks.ts';
import { renderTable } from './markdown-table.ts';
import type { Attributes, AttributeType, Index, ItemKind, TableDictionary } from './table-dictionary.ts';

export const dictionary: readonly TableDictionary[] = [recordItems, webhookItems, controlItems];

const typeNames: Readonly<Record<AttributeType, string>> = {
  S: 'text',
  N: 'number',
  BOOL: 'true or false',
  L: 'list',
  M: 'map',
  B: 'bytes',
};

/** Renders the tables of `docs/data.md`. */
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

function renderItems({ name, keys, kept, attributes, members = {} }: ItemKind): string {
  const maps = Object.entries(members).flatMap(([map, each]) => [
    `**Members of \`${map}\`**`,
    renderAttributes('member', each),
  ]);
  const details = renderAttributes('attribute', attributes);
  return [`### ${name}`, keys, `**Kept**: ${kept}`, details, ...maps].join('\n\n');
}

function renderAttributes(head: string, attributes: Attributes): string {
  const rows = Object.entries(attributes).map(([attribute, { type, meaning, personal }]) => [
    `\`${attribute}\``,
    typeNames[type],
    meaning,
    personal ?? '',
  ]);
  return renderTable([head, 'type', 'meaning', 'personal data'], rows);
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

/**
 * Renders the members of a payload that are personal data. `redact: [personal-data]` leaves them
 * out, and a rejected invitation loses them.
 */
export function renderPersonalData(): string {
  return recordKinds
    .map((kind) =>
      [`### ${kind}`, personalData[kind].map((member) => `- \`${member}\``).join('\n')].join('\n\n'),
    )
    .join('\n\n');
}
