import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, diff } from '../../../lambdas/core/change.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { omitFromChanges, omitMembers } from '../../../lambdas/core/json-pointer.ts';
import { parsePointer } from '../../../lambdas/core/pointer-selection.ts';

const without = (object: JsonObject, ...pointers: string[]) =>
  omitMembers(object, pointers.map(parsePointer));

function left(changes: readonly Change[], ...pointers: string[]): Change[] {
  return omitFromChanges(changes, pointers.map(parsePointer));
}

describe('omitMembers', () => {
  const contacts: JsonObject[] = [{ Email: 'a@example.com', Phone: '1' }, { Email: 'b@example.com' }];
  const record = {
    Customer: { Contacts: contacts, Size: 3 },
    'a/b~c': { Email: 'c@example.com' },
  };

  it('removes a member, also if stars match its path', () => {
    expect(without(record, '/Customer/Contacts/*/Email')).toEqual({
      ...record,
      Customer: { Contacts: [{ Phone: '1' }, {}], Size: 3 },
    });
    expect(without(record, '/*/Email', '/Customer/*')).toEqual({ Customer: {}, 'a/b~c': {} });
  });

  it('removes an element by its number, and all elements by a star', () => {
    expect(without({ list: [1, { a: 1 }, 3] }, '/list/1')).toEqual({ list: [1, 3] });
    expect(without({ list: [1, { a: 1 }, 3] }, '/list/1/a')).toEqual({ list: [1, {}, 3] });
    expect(without({ list: [1, { a: 1 }, 3] }, '/list/*')).toEqual({ list: [] });
  });

  it('decodes ~1 as a slash and ~0 as a tilde', () => {
    expect(without(record, '/a~1b~0c')).toEqual({ Customer: record.Customer });
    expect(without({ '~1': 1, '/': 2 }, '/~01')).toEqual({ '/': 2 });
  });

  it('keeps members that no pointer matches', () => {
    expect(without(record, '/customer', '/Customer/Contacts/2', '/Customer/Size/x')).toEqual(record);
    expect(without(record)).toEqual(record);
  });

  it('copies only objects and lists that lose a member', () => {
    expect(without(record, '/*/Nothing', '/Customer/Contacts/*/Name')).toBe(record);
    const { Customer } = without(record, '/*/Email');
    expect(Customer).toBe(record.Customer);
  });
});

describe('omitFromChanges', () => {
  it('keeps one change of a removed member, without values', () => {
    const changes = [
      { path: '/Contacts/0/Email', before: 'a@example.com', after: 'b@example.com' },
      { path: '/Contacts/1', after: { Email: 'c@example.com', Size: 3 } },
      { path: '/Contacts/1/Email/x', after: 'd@example.com' },
    ];
    expect(left(changes, '/Contacts/*/Email')).toEqual([
      { path: '/Contacts/0/Email' },
      { path: '/Contacts/1', after: { Size: 3 } },
      { path: '/Contacts/1/Email' },
    ]);
    expect(left(changes, '/Contacts')).toEqual([{ path: '/Contacts' }]);
  });

  it('keeps the escapes of a path', () => {
    const changes = [{ path: '/a~1b~0c/x', before: 'secret' }];
    expect(left(changes, '/a~1b~0c')).toEqual([{ path: '/a~1b~0c' }]);
    expect(left(changes, '/a/b')).toEqual(changes);
  });

  it('holds no value of a removed member for any change', () => {
    const text = fc.string({ minLength: 1 });
    const person = fc.record({ Email: text.map((some) => `secret ${some}`), Size: fc.nat() });
    const payload = fc.record({ Contacts: fc.array(person, { maxLength: 4 }), Owner: fc.option(person) });
    fc.assert(
      fc.property(payload, payload, (before, after) => {
        const changes = left(diff(before, after), '/Contacts/*/Email', '/Owner/Email');
        expect(JSON.stringify(changes)).not.toContain('secret');
        const sizes = (all: typeof changes) => JSON.stringify(all).match(/"Size|Size"/g) ?? [];
        expect(sizes(changes)).toEqual(sizes(diff(before, after)));
      }),
      { numRuns: 200 },
    );
  });
});
