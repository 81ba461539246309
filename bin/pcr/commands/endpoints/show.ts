import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
import type { EndpointGate } from '../../../../lambdas/core/endpoint-gate.ts';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { epochMsOf, type Instant } from '../../../../lambdas/core/instant.ts';
import { isJsonObject, type Json } from '../../../../lambdas/core/json.ts';
import type { PublicKey } from '../../../../lambdas/core/signature.ts';
import { shownDefinition, shownEndpoint, stateText } from '../../endpoints/endpoint-text.ts';
import { existingEndpoint } from '../../endpoints/find-endpoint.ts';
import { publicKeyIn } from '../../endpoints/new-secret.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import { details } from '../../table.ts';

export async function showEndpoint(io: Io, id: EndpointId, options: JsonOption): Promise<void> {
  const relay = await io.relay();
  const endpoint = await existingEndpoint(relay, id);
  const { gate } = await relay.gates.read(id);
  const breaker = breakerOf(gate, io.clock.nowMs());
  const secret = await secretState(relay, endpoint);
  if (options.json === true) return printJson(io, { ...shownEndpoint(endpoint), breaker, secret });
  const fields = Object.entries(shownDefinition(endpoint)).filter(([, value]) => !isEmpty(value));
  io.print(
    details([
      ...fields.map(([name, value]) => [name, fieldText(value)] as const),
      ['state', stateText(endpoint)],
      ['breaker', breakerText(breaker)],
      ['secret', secret && secretText(secret)],
      ['public key', secret?.publicKey],
    ]),
  );
}

/** Whether it is put aside because it fails. An open one spends no attempts of its deliveries. */
export interface BreakerState {
  readonly state: 'closed' | 'open' | 'half-open';
  readonly failuresInARow: number;
  readonly failingSince?: Instant | undefined;
  readonly openUntil?: Instant | undefined;
}

function breakerOf(gate: EndpointGate | undefined, nowMs: number): BreakerState {
  if (!gate) return { state: 'closed', failuresInARow: 0 };
  const { failuresInARow, failingSince, openUntil, openings } = gate.breaker;
  if (openings === 0) return { state: 'closed', failuresInARow, failingSince };
  const isOpen = openUntil !== undefined && epochMsOf(openUntil) > nowMs;
  return { state: isOpen ? 'open' : 'half-open', failuresInARow, failingSince, openUntil };
}

function breakerText({ state, failuresInARow, failingSince, openUntil }: BreakerState): string {
  const failures =
    failingSince === undefined ? '' : `, ${failuresInARow} failures in a row since ${failingSince}`;
  if (state === 'closed') return `closed${failures}`;
  return state === 'open'
    ? `open until ${openUntil}${failures}; nothing is sent and no attempt is spent`
    : `half-open${failures}; the next delivery is a trial`;
}

interface SecretState {
  /** Undefined where there is no such secret. */
  readonly currentSince: string | undefined;
  readonly isRotating: boolean;
  readonly publicKey: PublicKey | undefined;
}

async function secretState(relay: Relay, { id, destination }: Endpoint): Promise<SecretState | undefined> {
  if (destination.kind !== 'webhook') return undefined;
  const { secretId } = destination;
  const state = await relay.secrets.state(secretId);
  if (!state) return { currentSince: undefined, isRotating: false, publicKey: undefined };
  // Whoever may see that there is a secret may not always read it.
  const [read] = await Promise.allSettled([relay.signing.signingSecrets({ id, secretId })]);
  return { ...state, publicKey: read.status === 'fulfilled' ? publicKeyIn(read.value) : undefined };
}

function secretText({ currentSince, isRotating }: SecretState): string {
  if (currentSince === undefined)
    return 'there is none: nothing can be signed. Remove the endpoint, and add it again';
  return `since ${currentSince}${isRotating ? '; the one before signs, too, until rotate-secret --finish' : ''}`;
}

function fieldText(value: Json): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
}

function isEmpty(value: Json): boolean {
  return (
    (Array.isArray(value) && value.length === 0) || (isJsonObject(value) && Object.keys(value).length === 0)
  );
}
