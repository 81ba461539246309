import type { SecretAdmin, SecretValue } from '../stores/secret-admin.ts';

/**
 * Creates a secret. If one of this name exists, a removed owner or an interrupted command left it:
 * its old value no longer signs.
 * @param assertUnused called before the value of an existing secret is replaced
 */
export async function replaceSecret(
  secretId: string,
  value: SecretValue,
  secrets: SecretAdmin,
  assertUnused: () => Promise<void> = async () => undefined,
): Promise<void> {
  if ((await secrets.create(secretId, value)) === 'created') return;
  await assertUnused();
  await secrets.rotate(secretId, value);
  await secrets.finishRotation(secretId);
}
