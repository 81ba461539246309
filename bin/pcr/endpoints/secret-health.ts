import type { UnusableStage } from '../../../lambdas/adapters/read-secrets.ts';
import { hiddenUrl } from '../../../lambdas/core/chat-url.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { foreignSecretText, isSecretOf } from '../../../lambdas/core/endpoint-secret.ts';
import type { PublicKey } from '../../../lambdas/core/signature.ts';
import type { Relay } from '../relay.ts';
import { publicKeyIn } from '../secrets/new-secret.ts';
import { readHealth } from '../secrets/read-health.ts';
import { secretIdOf } from './endpoint-secret.ts';

/** The version of a secret that cannot sign, while the other one does. */
export type DegradedSecret = UnusableStage;

/** What these credentials can see of the secret of an endpoint. */
export interface SecretHealth {
  /** Why nothing can be signed for the endpoint, or posted to its channel. */
  readonly problem?: string;
  readonly degraded?: DegradedSecret;
  readonly publicKey?: PublicKey | undefined;
  /** Of a chat: the URL without the part that is the credential. */
  readonly url?: string;
}

export async function secretHealth(
  endpoint: Endpoint,
  relay: Pick<Relay, 'readSecrets' | 'readChatUrl' | 'output'>,
): Promise<SecretHealth> {
  const { id, destination } = endpoint;
  const secretId = secretIdOf(destination);
  if (secretId === undefined) return {};
  const prefix = relay.output('EndpointSecretNamePrefix');
  if (!isSecretOf(id, secretId, prefix)) return { problem: foreignSecretText(id, prefix) };
  return readHealth(() => readSecretOf(endpoint, secretId, relay));
}

async function readSecretOf(
  { id, destination }: Endpoint,
  secretId: string,
  { readSecrets, readChatUrl }: Pick<Relay, 'readSecrets' | 'readChatUrl'>,
): Promise<SecretHealth> {
  if (destination.kind === 'chat') {
    const { format } = destination;
    return { url: hiddenUrl(await readChatUrl({ id, secretId, format })) };
  }
  const { secrets, unusable } = await readSecrets({ id, secretId });
  const publicKey = publicKeyIn(secrets);
  return unusable ? { publicKey, degraded: { stage: unusable.stage, error: unusable.error } } : { publicKey };
}

export function degradedText({ stage, error }: DegradedSecret): string {
  const other = stage === 'AWSCURRENT' ? 'AWSPREVIOUS' : 'AWSCURRENT';
  return `${other} signs alone, because ${stage} cannot be used: ${error}`;
}
