import { allowedChatUrls, isChatUrl, parseChatUrl } from '../../../lambdas/core/chat-url.ts';
import type { ChatDestination, ChatFormat, Endpoint } from '../../../lambdas/core/endpoint.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';
import { UsageError } from '../errors.ts';
import { fileText } from '../file-text.ts';
import type { Relay } from '../relay.ts';
import { createSecret, isSameSecret, ownSecretId } from './endpoint-secret.ts';

/** An endpoint in a chat. Its URL is the value of its secret. */
export interface ChannelEndpoint extends Endpoint {
  readonly destination: ChatDestination;
}

export function isChannel(endpoint: Endpoint): endpoint is ChannelEndpoint {
  return endpoint.destination.kind === 'chat';
}

/**
 * Release 0.1.0 cannot read the row of a channel, and its fan-out waits for all endpoints then. It
 * lacks this output.
 * @throws UsageError that asks to deploy the stack again
 */
export function assertReadsChannels({ output }: Pick<Relay, 'output'>): void {
  output('KeptQueueUrl');
}

/** Whether someone gave the URL itself, which is a secret, instead of the path of its file. */
export function isUrlItself(path: string): boolean {
  return /^\s*https?:/i.test(path) || isChatUrl(path);
}

/**
 * Reads a file with the URL of a channel. The returned function checks the URL, when the format is
 * known.
 * @param field that names the file, such as `--url-file`
 * @throws UsageError without the text of the file, which may be another secret
 */
export function readUrlFile(field: string, path: string): (format: ChatFormat) => string {
  if (isUrlItself(path)) throw new UsageError(`${field}: a URL (hidden); allowed: a file that holds the URL`);
  const text = fileText(field, path);
  return (format) => {
    const url = parseChatUrl(text, format);
    if (url !== undefined) return url;
    throw new UsageError(`${field} ${path}: not such a URL (hidden); allowed: ${allowedChatUrls[format]}`);
  };
}

/** Returns undefined if the secret has no URL of this format. */
export async function storedChannelUrl(
  { id, destination: { secretId, format } }: ChannelEndpoint,
  { readChatUrl }: Pick<Relay, 'readChatUrl'>,
): Promise<string | undefined> {
  const [read] = await Promise.allSettled([readChatUrl({ id, secretId, format })]);
  if (read.status === 'fulfilled') return read.value;
  if (isFailure(read.reason, 'secret.unusable')) return undefined;
  throw read.reason;
}

/**
 * Stores the URL. The one before is of no use any more: `deliver` uses it for five minutes at most.
 */
export async function storeChannelUrl(
  { id, destination: { secretId } }: ChannelEndpoint,
  url: string,
  relay: Pick<Relay, 'secrets' | 'endpoints' | 'output'>,
): Promise<void> {
  if (isSameSecret(secretId, ownSecretId(id, relay))) return createSecret(id, [url], relay);
  await relay.secrets.rotate(secretId, [url]);
  await relay.secrets.finishRotation(secretId);
}
