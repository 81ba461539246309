import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SigningSecret } from '../core/signature.ts';
import type { Clock } from '../ports/clock.ts';
import type { EndpointSigner, SecretStore } from '../ports/secret-store.ts';
import { readChatUrl } from './read-chat-url.ts';
import { type ReadSecretVersion, readSecrets, secretReader, type UnusableVersion } from './read-secrets.ts';

/**
 * How long secrets are cached, across invocations. Shorter than a rotation, during which both
 * versions are valid.
 */
export const secretsCachedMs = 300_000;
/** How long they are cached if one version cannot be used: an operator may repair it soon. */
const degradedMs = 60_000;
/**
 * How long a new AWSCURRENT is cached if there is no AWSPREVIOUS. Either the secret is new, or the
 * read of AWSPREVIOUS lags behind.
 */
const unsettledMs = 10_000;

/** A store on Secrets Manager, see `cachingSecretStore`. */
export function secretsManagerSecretStore(
  client: SecretsManagerClient,
  clock: Clock,
  report?: (version: UnusableVersion) => void,
): SecretStore {
  const store = cachingSecretStore(secretReader(client), clock, report);
  return {
    signingSecrets: (signer) => store.signingSecrets(signer),
    chatUrl: (channel) => store.chatUrl(channel),
  };
}

/**
 * Signs with the versions AWSCURRENT and AWSPREVIOUS, so that receivers can verify during a
 * rotation. If only one of them can be used, it signs alone. If there was no AWSPREVIOUS, it is not
 * read again before AWSCURRENT has changed: only a new AWSCURRENT makes one.
 * @param report called at most once a minute for each version that cannot be used
 */
export function cachingSecretStore(
  read: ReadSecretVersion,
  clock: Clock,
  report: (version: UnusableVersion) => void = () => undefined,
): SecretStore {
  const cache = new Map<string, CachedSecrets>();
  const refresh = async (signer: EndpointSigner, entry: CachedSecrets, lastAlone: string | undefined) => {
    const nowMs = clock.nowMs();
    const { secrets, unusable, alone } = await readSecrets(read, signer, lastAlone);
    const isSettled = alone && nowMs - (alone.createdAtMs ?? 0) >= secretsCachedMs;
    if (unusable) report(unusable);
    if (isSettled) entry.alone = alone.text;
    else if (unusable) entry.untilMs = nowMs + degradedMs;
    else if (alone) entry.untilMs = nowMs + unsettledMs;
    return secrets;
  };
  return {
    signingSecrets(signer) {
      const cached = cache.get(signer.secretId);
      if (cached?.secrets && clock.nowMs() < cached.untilMs) return cached.secrets;
      const entry: CachedSecrets = { untilMs: clock.nowMs() + secretsCachedMs };
      const secrets = refresh(signer, entry, cached?.alone);
      entry.secrets = secrets;
      cache.set(signer.secretId, entry);
      // Errors are not cached.
      secrets.catch(() => cache.delete(signer.secretId));
      return secrets;
    },
    chatUrl: cachingChatUrl(read, clock),
  };
}

/** A new URL is used when the cached one is five minutes old. Errors are not cached. */
function cachingChatUrl(read: ReadSecretVersion, clock: Clock): SecretStore['chatUrl'] {
  const cache = new Map<string, { readonly url: Promise<string>; readonly untilMs: number }>();
  return (channel) => {
    const key = `${channel.format} ${channel.secretId}`;
    const cached = cache.get(key);
    if (cached && clock.nowMs() < cached.untilMs) return cached.url;
    const url = readChatUrl(read, channel);
    cache.set(key, { url, untilMs: clock.nowMs() + secretsCachedMs });
    url.catch(() => cache.delete(key));
    return url;
  };
}

interface CachedSecrets {
  untilMs: number;
  secrets?: Promise<readonly SigningSecret[]>;
  /** The text of AWSCURRENT if there was no AWSPREVIOUS beside it. */
  alone?: string;
}
