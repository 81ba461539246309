import type { Resource } from './template.ts';

/** What the stage made of the resources of one kind, found by construct path (with or without the stack) or logical id. */
export class ResourceIndex<T> {
  readonly #kind: string;
  readonly #entries: readonly (readonly [Resource, T])[];

  constructor(kind: string, entries: Iterable<readonly [Resource, T]>) {
    this.#kind = kind;
    this.#entries = [...entries];
  }

  /** @throws Error listing what there is */
  get(id: string): T {
    const found = this.#entries.find(([resource]) => names(resource, id));
    if (found === undefined) {
      const known = this.#entries.map(([resource]) => resource.id).join(', ') || 'none';
      throw new Error(`There is no ${this.#kind} "${id}" in the template. Known: ${known}`);
    }
    return found[1];
  }

  /** Pairs of short id and value, in the order of the template. */
  entries(): readonly (readonly [string, T])[] {
    return this.#entries.map(([resource, value]) => [resource.id, value]);
  }

  values(): readonly T[] {
    return this.#entries.map(([, value]) => value);
  }
}

function names(resource: Resource, id: string): boolean {
  if (id === resource.logicalId) return true;
  const path = id.replace(/\/Resource$/, '');
  return path === resource.id || path.replace(/^[^/]+\//, '') === resource.id;
}
