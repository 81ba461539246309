import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';

/**
 * Makes the update that replaces the definition in an item.
 * @param optional attributes that are removed if they are not given
 */
export function replacementOf(definition: Readonly<Record<string, unknown>>, optional: readonly string[]) {
  const given = Object.entries(definition).filter(([, value]) => value !== undefined);
  const absent = optional.filter((name) => !given.some(([each]) => each === name));
  const sets = given.map(([name]) => `#${name} = :${name}`);
  const names = [...given.map(([name]) => name), ...absent];
  const removes = absent.length === 0 ? '' : ` REMOVE ${absent.map((name) => `#${name}`).join(', ')}`;
  return {
    UpdateExpression: `SET ${sets.join(', ')}${removes}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
    ),
  };
}
