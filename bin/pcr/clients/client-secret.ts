import { ownSecretName } from '../../../lambdas/core/secret-name.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';
import { secretValue } from '../secrets/new-secret.ts';
import { readHealth, type SecretProblem } from '../secrets/read-health.ts';

/** The secret of a client. Its name follows from the id, so that no row can name another one. */
export function clientSecretId(id: string, { output }: Pick<Relay, 'output'>): string {
  return ownSecretName(id, output('ClientSecretNamePrefix'));
}

/**
 * Returns the secret in the file, or a new one.
 * @throws UsageError if the file has no secret, or also a key for v1a: clients have none
 */
export function clientSecretValue(secretFile: string | undefined): readonly SigningSecret[] {
  const value = secretFile === undefined ? secretValue({}) : secretValue({ secretFile });
  if (value.length === 1) return value;
  throw new UsageError(
    `--secret-file ${secretFile}: it has several keys; allowed: whsec_ and 24 to 64 bytes in base64`,
  );
}

export interface ClientSecretState extends SecretProblem {
  /** Undefined if there is no secret. */
  readonly currentSince?: string;
  readonly isRotating: boolean;
}

/** The state of a client's secret, and why no request can be verified with it. */
export async function clientSecretState(
  id: string,
  relay: Pick<Relay, 'output' | 'secrets' | 'readSecrets'>,
): Promise<ClientSecretState> {
  const secretId = clientSecretId(id, relay);
  const state = await relay.secrets.state(secretId);
  if (!state) return { isRotating: false, problem: 'missing' };
  const read = await readHealth(async () => {
    await relay.readSecrets({ clientId: id, secretId });
    return {};
  });
  return { ...state, ...read };
}
