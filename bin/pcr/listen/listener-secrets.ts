import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import { secretValue } from '../secrets/new-secret.ts';
import { keptSecret } from '../stores/kept-secret.ts';

export interface ListenerSecretOptions {
  readonly secretFile?: string;
  readonly newSecret?: boolean;
  /** Standard output is for messages only. */
  readonly printJson?: boolean;
}

/**
 * Returns the secret in the file of the option, undefined without the option.
 * @throws UsageError if the file cannot be read or contains no secret
 */
export function givenSecrets({ secretFile }: ListenerSecretOptions): readonly SigningSecret[] | undefined {
  return secretFile === undefined ? undefined : secretValue({ secretFile });
}

/** Reads or creates the kept secret, and says which one signs. A new one is printed, once. */
export function keptSecrets(
  id: EndpointId,
  { newSecret = false, printJson = false }: ListenerSecretOptions,
  { stackName }: Pick<Relay, 'stackName'>,
  io: Io,
): readonly SigningSecret[] {
  const { value, path, isNew } = keptSecret(io.stateFolder, stackName, newSecret);
  if (!isNew) io.note(`${id} signs with the secret kept in ${path}`);
  else if (printJson ? io.isTerminal : io.isOutputTerminal) {
    const text = `Signing secret, printed only once: ${value.join(' ')}`;
    if (printJson) io.note(text);
    else io.print(text);
    io.note(`It is kept in ${path} for later starts.`);
  } else
    io.note(
      `${id} signs with a new secret, kept in ${path}. It is not printed, because this is not a terminal.`,
    );
  return value;
}
