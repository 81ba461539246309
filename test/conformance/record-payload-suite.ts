import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepestPayloadLevel, isJsonObject, type Json, type JsonObject } from '../../lambdas/core/json.ts';
import { canonicalJson, parseJson, stringifyJson } from '../../lambdas/core/json-text.ts';
import { decide, type RecordState, type Version } from '../../lambdas/core/version.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { applyChanges } from '../../local/apply-changes.ts';
import { appendVersion } from '../builders/append-version.ts';
import { anyJsonObject } from '../builders/arbitrary-json.ts';
import { incompressibleOpportunity } from '../builders/incompressible.ts';
import { awsSummaryPayload, opportunityPayload } from '../builders/payloads.ts';
import { observation, opportunityKey, versionOf } from '../builders/versions.ts';

/** `__proto__` is an ordinary member for the parser. */
function parsed(text: string): JsonObject {
  const payload = parseJson(text);
  if (!isJsonObject(payload)) throw new Error('a payload is an object');
  return payload;
}

function nested(levels: number): JsonObject {
  return Array.from({ length: levels }).reduce<JsonObject>((inner) => ({ Inner: inner }), { Leaf: 'here' });
}

const unusual: ReadonlyMap<string, JsonObject> = new Map([
  ['no members', {}],
  ['an empty name', { '': 'value', Inner: { '': { '': [] } } }],
  [
    'names of the prototype chain',
    parsed('{"__proto__":{"a":1},"Inner":{"__proto__":"b"},"constructor":"c","toString":1}'),
  ],
  [
    'a member named constructor',
    { constructor: 'a', Inner: { constructor: {} }, List: [{ constructor: 1 }] },
  ],
  ['dots, spaces and pointers in names', { 'a.b': 1, 'a b': 2, '/a~1b': 3, '#n': 4, ':v': 5, 'a[0]': 6 }],
  [
    'names that are reserved words',
    { name: 'a', status: 'b', size: 1, type: 'c', pk: 'd', sk: 'e', version: 9, payload: {} },
  ],
  ['empty texts, arrays and objects', { Text: '', List: [], Object: {}, Deep: [[[]], [{}], ['']] }],
  ['nulls in arrays', { List: [null, 1, null, { A: [null] }] }],
  ['booleans', { Yes: true, No: false, List: [true, false] }],
  [
    'whole numbers at the limits',
    parsed('{"Most":9007199254740991,"Least":-9007199254740991,"Beyond":9007199254740993,"Zero":-0}'),
  ],
  [
    'numbers beyond 38 digits',
    { Huge: 1.7976931348623157e308, Tiny: 5e-324, Negative: -1e300, Edge: 1e126, Small: 1e-131 },
  ],
  [
    'numbers that JavaScript cannot hold',
    parsed(
      '{"Id":12345678901234567890,"Most":99999999999999999999999999999999999999,"List":[-9007199254740993,{"A":1.00000000000000000000000000000000000010}]}',
    ),
  ],
  [
    'numbers at the limits of DynamoDB',
    parsed(
      `{"Least":1e-130,"Most":${'9'.repeat(38)}e88,"Negative":-${'9'.repeat(38)}e88,"Small":1.2345678901234567890123456789012345678e-130}`,
    ),
  ],
  [
    'numbers beyond the limits of DynamoDB',
    parsed(`{"Huge":1e400,"Tiny":[-1e-400,1e-131],"Most":1e126,"Long":${'9'.repeat(39)}}`),
  ],
  ['fractions', { A: 0.1, B: 0.30000000000000004, C: 1e-7, D: 123456.789, E: -1.5e-99 }],
  [
    'unicode',
    {
      Ключ: 'значение',
      鍵: '値',
      emoji: '👩‍👩‍👧‍👦',
      rtl: '\u202eabc',
      nul: '\u0000',
      bom: '\ufeff',
      last: '\uffff',
    },
  ],
  ['lone surrogates', { Text: '\ud800', '\udfff': 'name', Cut: 'abc\ud83d' }],
  [
    'a text that looks like a number, a date or JSON',
    { A: '007', B: '1e5', C: '2026-03-01', D: '{"a":1}', E: 'null' },
  ],
]);

/** DynamoDB allows 32 levels of nesting, and the item takes some of them. */
const levelsAround = [1, 23, 24, 25, 26, 28, 30, 31, 32, 33, 40, 100, deepestPayloadLevel - 1];

/** Without an AWS timestamp, so that it can be stored before and after any other payload. */
const surrounding = awsSummaryPayload();

async function stored(records: RecordStore, ...payloads: readonly JsonObject[]): Promise<Version[]> {
  const versions: Version[] = [];
  let before: RecordState | undefined;
  for (const [index, payload] of payloads.entries()) {
    const readAt = `2026-03-01T10:00:0${index}.000Z` as const;
    const version = versionOf(observation({ payload, readAt }), before);
    expect(await appendVersion(records, before, version, readAt)).toBe('stored');
    versions.push(version);
    before = version;
  }
  return versions;
}

/** Compares as JSON, which distinguishes neither 0 from -0 nor orders of members. */
async function expectReadBack(records: RecordStore, versions: readonly Version[]): Promise<void> {
  for (const version of versions) {
    const found = await records.version(version);
    expect(canonicalJson(found?.payload ?? null)).toBe(canonicalJson(version.payload));
    expect(changesText(found)).toBe(changesText(version));
    expect(found?.contentHash).toBe(version.contentHash);
  }
  const current = await records.current(opportunityKey);
  expect(canonicalJson(current?.payload ?? null)).toBe(canonicalJson(versions.at(-1)?.payload ?? null));
}

function changesText(version: Version | undefined): string | undefined {
  return (
    version &&
    stringifyJson(
      version.changes.map(({ path, before, after }) => [path, canonical(before), canonical(after)]),
    )
  );
}

function canonical(value: Json | undefined): string {
  return value === undefined ? 'nothing' : canonicalJson(value);
}

/** Payloads are stored unchanged. @param newStore makes an empty store. */
export function recordPayloadSuite(newStore: () => Promise<RecordStore>, numRuns: number): void {
  describe('promise 5: RecordStore keeps payloads unchanged', () => {
    test.each([...unusual])('keeps a payload with %s', async (_name, payload) => {
      const records = await newStore();
      await expectReadBack(records, await stored(records, surrounding, payload, surrounding));
    });

    test('keeps a payload at any depth of nesting', async () => {
      const records = await newStore();
      for (const levels of levelsAround) {
        const key = { ...opportunityKey, id: `O${levels}` };
        const version = versionOf(observation({ key, payload: nested(levels) }));
        await appendVersion(records, undefined, version, version.readAt);
        expect((await records.version(version))?.payload, `${levels} levels`).toEqual(nested(levels));
        expect((await records.current(key))?.payload, `${levels} levels`).toEqual(nested(levels));
      }
    });

    test('keeps versions that differ at the deepest allowed level', async () => {
      const texts = ['here', 'there'].map((leaf) =>
        JSON.stringify(nested(deepestPayloadLevel - 1)).replace('here', leaf),
      );
      const records = await newStore();
      await expectReadBack(records, await stored(records, ...texts.map(parsed)));
    });

    test('keeps any JSON object', async () => {
      const name = fc.string({ unit: 'binary', maxLength: 12 });
      const value = fc.jsonValue({ maxDepth: 3, depthSize: 'small' });
      const anyObject = fc.oneof(
        anyJsonObject,
        fc.dictionary(name, value, { maxKeys: 5 }).map((object) => parsed(JSON.stringify(object))),
      );
      await fc.assert(
        fc.asyncProperty(anyObject, anyObject, async (first, second) => {
          fc.pre(canonicalJson(first) !== canonicalJson(second));
          const dated = { ...second, LastModifiedDate: '2026-03-01T10:00:00Z' };
          const records = await newStore();
          await expectReadBack(records, await stored(records, { ...first, LastModifiedDate: 'none' }, dated));
        }),
        { numRuns },
      );
    });

    test('keeps 900 KB that compress well', async () => {
      const records = await newStore();
      const history = Array.from({ length: 9_000 }, (_, index) => ({
        Time: `2026-03-01T10:00:00.${index}Z`,
        Value: 'Spoke with the customer about the next steps of the migration.',
      }));
      const payload = opportunityPayload({ nextSteps: history });
      expect(JSON.stringify(payload).length).toBeGreaterThan(900_000);
      const changed = opportunityPayload({
        nextSteps: [...history, { Time: '2026-03-01T11:00:00Z' }],
        lastModifiedDate: '2026-03-01T11:00:00Z',
      });
      await expectReadBack(records, await stored(records, payload, changed));
    });

    test.each([500_000, 2_000_000, 6_000_000])(
      'keeps a payload of %d characters that does not compress, unchanged and changed',
      async (length) => {
        const records = await newStore();
        const payloads = [1, 2].map((seed) => incompressibleOpportunity(length, seed));
        const versions = await stored(records, ...payloads);
        await expectReadBack(records, versions);
        const [first, last] = versions;
        expect(last?.changes.length).toBeGreaterThan(length / 50_000);
        const current = await records.current(opportunityKey);
        expect(applyChanges(first?.payload ?? {}, last?.changes ?? [])).toEqual(current?.payload);
        const again = observation({ payload: payloads[1] ?? {}, readAt: '2026-03-02T10:00:00.000Z' });
        expect(decide(current, again)).toEqual({ outcome: 'unchanged' });
        expect(current && (await records.confirm(current, again.readAt))).toBe('confirmed');
        expect(await records.current(opportunityKey)).toEqual({ ...current, readAt: again.readAt });
      },
    );

    test('keeps a payload that becomes large, and small again', async () => {
      const records = await newStore();
      const large = incompressibleOpportunity(900_000, 1);
      const small = opportunityPayload({ lastModifiedDate: '2026-03-15T10:00:00.000Z' });
      await expectReadBack(records, await stored(records, opportunityPayload(), large, small));
    });

    test('keeps the payload of one of two writers that race', async () => {
      const records = await newStore();
      const before = versionOf(observation({ payload: incompressibleOpportunity(600_000, 1) }));
      await appendVersion(records, undefined, before, before.readAt);
      const rivals = [2, 3].map((seed) =>
        versionOf(
          observation({
            payload: incompressibleOpportunity(600_000, seed),
            readAt: '2026-03-01T10:00:05.000Z',
          }),
          before,
        ),
      );
      const outcomes = await Promise.all(
        rivals.map((rival) => appendVersion(records, before, rival, rival.readAt)),
      );
      expect(outcomes.toSorted()).toEqual(['raced', 'stored']);
      const winner = rivals[outcomes.indexOf('stored')];
      await expectReadBack(records, winner ? [before, winner] : []);
    });

    test('keeps titles, names and stages of 450,000 characters', async () => {
      const records = await newStore();
      const text = '😀a'.repeat(150_000);
      const payload = opportunityPayload({ title: text, companyName: text, stage: text, reviewStatus: text });
      const [version] = await stored(records, payload);
      await expectReadBack(records, version ? [version] : []);
      expect((await records.current(opportunityKey))?.attributes).toMatchObject({ title: text, stage: text });
    });

    test('keeps names that an index key truncates inside a surrogate pair', async () => {
      const records = await newStore();
      const payload = opportunityPayload({
        companyName: `${'a'.repeat(199)}😀 Corp`,
        stage: `${'b'.repeat(199)}😀`,
        targetCloseDate: `${'9'.repeat(199)}😀`,
      });
      await expectReadBack(records, await stored(records, payload));
    });
  });
}
