import type { Resource } from './template.ts';

/** What the stage made of the resources of one kind, found by construct path (with or without the stack) or logical id. */
export class ResourceIndex<T extends { readonly resource: Resource }> {
  readonly #kind: string;
  readonly #entries: readonly T[];

  constructor(kind: string, entries: readonly T[]) {
    this.#kind = kind;
    this.#entries = entries;
  }

  /** @throws Error listing what there is */
  get(id: string): T {
    const found = this.#entries.find(({ resource }) => names(resource, id));
    if (found === undefined) {
      const known = this.#entries.map(({ resource }) => resource.id).join(', ') || 'none';
      throw new Error(`There is no ${this.#kind} "${id}" in the template. Known: ${known}`);
    }
    return found;
  }

  /** In the order of the template. */
  all(): readonly T[] {
    return this.#entries;
  }
}

function names(resource: Resource, id: string): boolean {
  if (id === resource.logicalId) return true;
  const path = id.replace(/\/Resource$/, '');
  return path === resource.id || path.replace(/^[^/]+\//, '') === resource.id;
}
