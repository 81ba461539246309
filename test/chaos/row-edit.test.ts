import { expect, it } from 'vitest';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { currentItem } from '../../lambdas/adapters/record-item.ts';
import { storedContents } from '../../lambdas/adapters/record-parts.ts';
import { chooseEdit } from '../../local/chaos/row-edit.ts';
import { evidence, opportunityPath } from './evidence-builder.ts';

const now = '2026-03-01T11:00:00.000Z';
const [version] = evidence().versions.get(opportunityPath) ?? [];
if (!version) throw new Error('the evidence has a version');
const current = toAttributes(currentItem(version, storedContents(version).current));
const shares = Array.from({ length: 40 }, (_, index) => index / 40);

it('an edit gives an attribute another type, or removes it', () => {
  const item = { pk: { S: 'gate' }, sk: { S: 'ep_all' }, revision: { N: '3' } };
  const edits = shares.map((value) => chooseEdit(item, { row: 'gate', attribute: 0, value }, new Set(), now));
  expect(new Set(edits.map((edit) => edit?.name))).toEqual(new Set(['revision']));
  const types = edits.map((edit) => Object.keys(edit?.after ?? { removed: true }).join());
  expect(new Set(types)).toEqual(new Set(['S', 'BOOL', 'NULL', 'L', 'M', 'B', 'SS', 'removed']));
});

it('an edit of a record always makes it invalid, and never edits its keys or its title', () => {
  const names = new Set(
    shares.map(
      (share) =>
        chooseEdit(current, { row: 'current', attribute: share, value: share }, new Set(), now)?.name,
    ),
  );
  for (const name of ['version', 'messageId', 'readAt', 'payload', 'contentHash'])
    expect(names).toContain(name);
  for (const name of ['pk', 'sk', 'title', 'catalogKind', undefined]) expect(names).not.toContain(name);
});

it('an edit leaves one count of the quota ledger valid, because both would stand for a used-up day', () => {
  const item = { hours: { M: {} }, hoursTotal: { N: '3' } };
  const namesAfter = (edited: string) =>
    new Set(
      shares.map(
        (attribute) =>
          chooseEdit(item, { row: 'ledger', attribute, value: 0.5 }, new Set([edited]), now)?.name,
      ),
    );
  expect(namesAfter('hours')).toEqual(new Set(['hours']));
  expect(namesAfter('hoursTotal')).toEqual(new Set(['hoursTotal']));
  expect(namesAfter('writer')).toEqual(new Set(['hours', 'hoursTotal']));
});
