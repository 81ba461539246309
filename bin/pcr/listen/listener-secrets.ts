import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import { secretValue } from '../endpoints/new-secret.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import { keptSecret } from '../stores/kept-secret.ts';

export interface ListenerSecretOptions {
  readonly secretFile?: string;
  readonly newSecret?: boolean;
  /** Standard output is for messages only. */
  readonly printJson?: boolean;
}

/** Reads or creates the secret, and says which one signs. A new one is printed, once. */
export function listenerSecrets(
  id: EndpointId,
  { secretFile, newSecret = false, printJson = false }: ListenerSecretOptions,
  { stackName }: Pick<Relay, 'stackName'>,
  io: Io,
): readonly SigningSecret[] {
  if (secretFile !== undefined) return secretValue({ secretFile });
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
