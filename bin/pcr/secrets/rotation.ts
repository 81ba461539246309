import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { JsonOption } from '../json.ts';
import { printDone } from '../output.ts';
import type { Relay } from '../relay.ts';
import { assertOneSecretFile, readCommand, type SecretsFileOption } from './created-secrets.ts';

/** What a signing secret belongs to. */
export interface SecretOwner {
  readonly kind: 'endpoint' | 'client';
  readonly id: string;
  readonly secretId: string;
}

export interface RotationOptions extends SecretsFileOption {
  readonly finish?: boolean;
  readonly secretFile?: string;
}

/** @throws UsageError for options that contradict each other */
export function assertRotateOptions(options: RotationOptions & { readonly asymmetric?: boolean }): void {
  const { finish = false, secretFile, secretsFile, asymmetric } = options;
  if (finish && [secretFile, secretsFile, asymmetric].some((option) => option !== undefined))
    throw new UsageError('--finish: allowed alone; it ends the current rotation and takes no secret');
  assertOneSecretFile({ secretFile, secretsFile });
}

/**
 * @param end the command that ends a rotation
 * @throws UsageError if a rotation is in progress: the old secret may still be needed
 */
export async function assertNotRotating(
  { kind, id, secretId }: SecretOwner,
  end: string,
  relay: Pick<Relay, 'secrets' | 'output'>,
): Promise<void> {
  const state = await relay.secrets.state(secretId);
  if (state?.isRotating !== true) return;
  const isInUse = kind === 'client' ? 'the client signs with it' : 'the receiver has it';
  throw new UsageError(
    `${kind} ${id}: its secret is being rotated since ${state.currentSince}; read the new secret: ${readCommand(secretId, relay)}; when ${isInUse}: \`${end}\`, which ends the old one`,
  );
}

/**
 * Ends a rotation, and says so.
 * @param done the sentence for people
 */
export async function finishRotation(
  { kind, id, secretId }: SecretOwner,
  done: string,
  options: JsonOption,
  { secrets }: Pick<Relay, 'secrets'>,
  io: Pick<Io, 'print'>,
): Promise<void> {
  const outcome = await secrets.finishRotation(secretId);
  const sentence = outcome === 'finished' ? done : `No rotation of the secret of ${id} is in progress.`;
  printDone({ [`${kind}Id`]: id, outcome }, sentence, options, io);
}
