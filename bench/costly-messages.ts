import { diff } from '../lambdas/core/change.ts';
import type { Json, JsonObject } from '../lambdas/core/json.ts';
import type { Version } from '../lambdas/core/version.ts';
import { observation, versionOf } from '../test/builders/versions.ts';

/** Makes the value of `/Data` in a record, of about this many bytes of JSON. */
type Shape = (bytes: number) => Json;

/** Values that take much time for their size, each in another way. */
const shapes: Readonly<Record<string, Shape>> = {
  people: (bytes) =>
    listOf(bytes, (index) => ({
      FirstName: 'Jane',
      LastName: 'Doe',
      BusinessTitle: 'Engineer',
      Phone: `+1555${index}`,
      Email: `jane${index}@example.com`,
    })),
  numbers: (bytes) => listOf(bytes, (index) => index % 10),
  shortTexts: (bytes) => listOf(bytes, (index) => index.toString(36)),
  alikeTexts: (bytes) => listOf(bytes, (index) => 'a'.repeat(31) + index.toString(36)),
  decimals: (bytes) => listOf(bytes, (index) => `${index}.5`),
  addresses: (bytes) => listOf(bytes, (index) => `::${(index % 0xffff).toString(16)}`),
  /** The members are not in order. */
  pairs: (bytes) => listOf(bytes, (index) => ({ b: index.toString(36), a: index % 10 })),
  manyMembers: (bytes) => Object.fromEntries(listOf(bytes, (index) => `m${index}`).map((name) => [name, 1])),
  tree: (bytes) => treeOf(Math.round(Math.log2(bytes / 12))),
};

function listOf<T extends Json>(bytes: number, make: (index: number) => T): readonly T[] {
  const list: T[] = [];
  for (let written = 0; written < bytes; written += JSON.stringify(list.at(-1)).length + 1)
    list.push(make(list.length));
  return list;
}

function treeOf(levels: number): Json {
  return levels === 0 ? 1 : { b: treeOf(levels - 1), a: treeOf(levels - 1) };
}

/** A version with a value of this shape, or with many changed members for the shape `changes`. */
export function costlyVersion(shape: string, bytes: number): Version {
  return shape === 'changes' ? changedVersion(bytes) : versionWith(shapes[shape]?.(bytes) ?? null);
}
function versionWith(data: Json): Version {
  return versionOf(observation({ payload: { Data: data } }));
}

/** The changes are most of the message. */
function changedVersion(bytes: number): Version {
  const membersWith = (value: number): JsonObject => ({
    Data: listOf(bytes / 5, (index) => ({ m: index % 10, n: value })),
  });
  const changed = versionWith(0);
  return { ...changed, payload: membersWith(1), changes: diff(membersWith(0), membersWith(1)) };
}
