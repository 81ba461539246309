import type { Resource } from '../template/template.ts';

/** A resource of the stack as in the template: the stage changes no resource. */
export interface DeployedResource {
  readonly logicalId: string;
  /** The value of `Ref`. */
  readonly physicalId: string;
  readonly type: string;
  /** Resolved when they are read: some values are not known to the stage. */
  readonly properties: (...names: readonly string[]) => Readonly<Record<string, unknown>>;
}

export function deployedResources(
  resources: Iterable<Resource>,
  resolve: (value: unknown) => unknown,
): readonly DeployedResource[] {
  return [...resources].map(({ logicalId, type, properties }) => ({
    logicalId,
    type,
    physicalId: String(resolve({ Ref: logicalId })),
    properties: (...names) =>
      Object.fromEntries(names.map((name) => [name, resolve(properties[name])] as const)),
  }));
}
