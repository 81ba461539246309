import type { JsonValue } from '../../api.ts';

export interface Leaf {
  /** JSON Pointer. */
  readonly path: string;
  readonly value: JsonValue;
}

/** The values of a record that contain no others, in its order. */
export function listLeaves(value: JsonValue, path = ''): readonly Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const members = Object.entries(value);
  if (members.length === 0) return [];
  return members.flatMap(([name, member]) =>
    listLeaves(member, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}
