import { UsageError } from '../errors.ts';
import type { SecretsFileOption } from '../secrets/created-secrets.ts';
import type { SecretOptions } from '../secrets/new-secret.ts';
import { type ChannelEndpoint, readUrlFile } from './channel-url.ts';
import type { UrlFileOption } from './definition-options.ts';

/** Where the secret of a new endpoint comes from: the signing secret, or the URL of a channel. */
export interface NewSecretOptions extends UrlFileOption, SecretOptions, SecretsFileOption {
  readonly secretId?: string;
}

/**
 * Returns undefined if the URL is in a secret that exists.
 * @throws UsageError if no URL is given, or an option of signing secrets
 */
export function newChannelUrl(
  { destination: { format } }: ChannelEndpoint,
  { urlFile, secretId, secretFile, asymmetric, secretsFile }: NewSecretOptions,
): string | undefined {
  const signing = givenOptions({
    '--secret-file': secretFile,
    '--asymmetric': asymmetric,
    '--secrets-file': secretsFile,
  });
  if (signing.length > 0)
    throw new UsageError(`${signing.join(', ')}: allowed with --url only; nothing is signed for ${format}`);
  if ((urlFile === undefined) === (secretId === undefined))
    throw new UsageError(
      `--url-file, --secret-id: ${urlFile === undefined ? 'neither' : 'both'} given; allowed: one of them, for the URL of the channel`,
    );
  return urlFile === undefined ? undefined : readUrlFile('--url-file', urlFile)(format);
}

/** @throws UsageError for options that contradict each other */
export function assertSecretOptions(options: NewSecretOptions, hasSecret: boolean): void {
  const { secretId, secretFile, asymmetric, secretsFile, urlFile } = options;
  if (urlFile !== undefined) throw misplacedUrlFile();
  const sources = givenOptions({ '--secret-id': secretId, '--secret-file': secretFile });
  const forNew = givenOptions({ '--asymmetric': asymmetric, '--secrets-file': secretsFile });
  const given = [...sources, ...forNew];
  if (!hasSecret && given.length > 0)
    throw new UsageError(
      `${given.join(', ')}: allowed with --url only; messages on an event bus are not signed`,
    );
  if (sources.length > 1 || (sources.length > 0 && forNew.length > 0))
    throw new UsageError(
      `${given.join(', ')}: allowed: one of --secret-id and --secret-file, which take a secret that exists; or --asymmetric and --secrets-file, for a new one`,
    );
}

function misplacedUrlFile(): UsageError {
  return new UsageError('--url-file: allowed with --format slack or teams only; others have --url');
}

function givenOptions(values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(values).filter((option) => values[option] !== undefined);
}
