import { allowedChatUrls, parseChatUrl } from '../core/chat-url.ts';
import { ServiceError } from '../core/service-error.ts';
import type { Channel } from '../ports/secret-store.ts';
import type { ReadSecretVersion, SecretVersion } from './read-secrets.ts';
import { secretFailure } from './secrets-manager-failure.ts';

/**
 * Reads the URL of a channel of a chat. The value before it is of no use.
 * @throws ServiceError as `chatUrl` of `SecretStore`
 */
export async function readChatUrl(
  read: ReadSecretVersion,
  { id: endpointId, secretId, format }: Channel,
): Promise<string> {
  const { text } = await readCurrent(read, endpointId, secretId);
  const url = parseChatUrl(text, format);
  if (url !== undefined) return url;
  // Without the value: it may be a secret of another kind.
  const error = `AWSCURRENT is not ${allowedChatUrls[format]}`;
  throw new ServiceError('secret.unusable', { endpointId, error });
}

async function readCurrent(
  read: ReadSecretVersion,
  endpointId: string,
  secretId: string,
): Promise<SecretVersion> {
  try {
    return await read(secretId, 'AWSCURRENT');
  } catch (cause) {
    throw secretFailure({ endpointId }, cause);
  }
}
