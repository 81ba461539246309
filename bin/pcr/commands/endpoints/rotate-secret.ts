import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { existingEndpoint } from '../../endpoints/find-endpoint.ts';
import {
  printSecret,
  publicKeyIn,
  type SecretOptions,
  secretOf,
  shownSecret,
} from '../../endpoints/new-secret.ts';
import { UsageError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';

export interface RotateOptions extends SecretOptions, JsonOption {
  readonly finish?: boolean;
}

/** Begins a rotation, during which the new and the old value both sign, or ends it. */
export async function rotateSecret(io: Io, id: EndpointId, options: RotateOptions): Promise<void> {
  const { finish = false, secretFile, asymmetric } = options;
  if (finish && (secretFile !== undefined || asymmetric !== undefined))
    throw new UsageError(
      '--finish: allowed alone; it takes no secret, and ends the rotation to the one before',
    );
  const given = secretFile === undefined ? undefined : secretOf(options);
  const relay = await io.relay();
  const secretId = await secretIdOf(relay, id);
  if (finish) return finishRotation(io, relay, { id, secretId, json: options.json });
  const state = await relay.secrets.state(secretId);
  if (state?.isRotating === true)
    throw new UsageError(
      `endpoint ${id}: its secret is being rotated since ${state.currentSince}; end that first, with \`pcr endpoints rotate-secret ${id} --finish\`; if nobody has seen the new one: ${readingOf(secretId)}`,
    );
  // What it signs with stays of its kind unless told otherwise: receivers that verify v1a would find nothing any more.
  const before = publicKeyIn(await relay.signing.signingSecrets({ id, secretId }));
  const value = given ?? secretOf({ asymmetric: asymmetric ?? before !== undefined });
  await relay.secrets.rotate(secretId, value);
  const shown = { ...shownSecret(value), ...(given && { secret: undefined }) };
  if (options.json === true) return printJson(io, { endpointId: id, ...shown });
  printSecret(io, shown);
  io.note(
    `After a minute both values sign, until you end that: once the receiver knows the new one, pcr endpoints rotate-secret ${id} --finish`,
  );
}

async function finishRotation(
  io: Io,
  relay: Relay,
  { id, secretId, json = false }: { readonly id: EndpointId; readonly secretId: string } & JsonOption,
): Promise<void> {
  const outcome = await relay.secrets.finishRotation(secretId);
  if (json) return printJson(io, { endpointId: id, outcome });
  // `deliver` remembers what it has read for so long.
  const done = `After a minute the new secret of ${id} signs alone.`;
  io.print(outcome === 'finished' ? done : `No rotation of the secret of ${id} is under way.`);
}

/** For whoever lost what was shown once. */
function readingOf(secretId: string): string {
  return `aws secretsmanager get-secret-value --secret-id '${secretId}' --query SecretString --output text`;
}

async function secretIdOf(relay: Relay, id: EndpointId): Promise<string> {
  const { destination } = await existingEndpoint(relay, id);
  if (destination.kind === 'webhook') return destination.secretId;
  throw new UsageError(`endpoint ${id}: nothing signs for it; allowed: an endpoint with a url`);
}
