import type { Resource } from './template.ts';

/** Resources of one kind, found by construct path, with or without the stack, or by logical id. */
export class ResourceIndex<T extends { readonly resource: Resource }> {
  readonly #kind: string;
  readonly #entries: readonly T[];

  constructor(kind: string, entries: readonly T[]) {
    this.#kind = kind;
    this.#entries = entries;
  }

  /** @throws Error listing the known resources */
  get(id: string): T {
    const found = this.#entries.find(({ resource }) => isNamed(resource, id));
    if (found === undefined) {
      const known = this.#entries.map(({ resource }) => resource.id).join(', ') || 'none';
      throw new Error(`There is no ${this.#kind} "${id}" in the template. Known: ${known}`);
    }
    return found;
  }

  /** All resources in the order of the template. */
  all(): readonly T[] {
    return this.#entries;
  }
}

function isNamed(resource: Resource, id: string): boolean {
  if (id === resource.logicalId) return true;
  const path = id.replace(/\/Resource$/, '');
  return path === resource.id || path.replace(/^[^/]+\//, '') === resource.id;
}
