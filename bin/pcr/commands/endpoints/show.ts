import type { Command } from 'commander';
import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { isJsonObject, type Json } from '../../../../lambdas/core/json.ts';
import { stringifyJson } from '../../../../lambdas/core/json-text.ts';
import { breakerOf, breakerText, pauseOf, pauseText } from '../../endpoints/breaker-text.ts';
import { type ChannelEndpoint, isChannel } from '../../endpoints/channel-url.ts';
import { secretIdOf } from '../../endpoints/endpoint-secret.ts';
import { printedDefinition, printedEndpoint, stateText } from '../../endpoints/endpoint-text.ts';
import { findEndpoint } from '../../endpoints/find-endpoint.ts';
import { degradedText, type SecretHealth, secretHealth } from '../../endpoints/secret-health.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import { details } from '../../table.ts';

/** `pcr endpoints show` */
export function addShowCommand(group: Command, io: Io): void {
  withEndpointId(group.command('show'))
    .description(
      'An endpoint with its circuit breaker and the state of its secret. Values of headers are hidden.',
    )
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints show ep_crm', 'pcr endpoints show ep_crm --json'))
    .action((id: EndpointId, options: JsonOption) => showEndpoint(id, options, io));
}

async function showEndpoint(id: EndpointId, options: JsonOption, io: Io): Promise<void> {
  const relay = await io.relay();
  const endpoint = await findEndpoint(id, relay);
  const { gate } = await relay.gates.read(id);
  const breaker = breakerOf(gate, io.clock.nowMs());
  const pause = pauseOf(gate, io.clock.nowMs());
  const secret = await secretState(endpoint, relay);
  if (options.json === true) return printJson({ ...printedEndpoint(endpoint), breaker, pause, secret }, io);
  const fields = Object.entries(printedDefinition(endpoint)).filter(([, value]) => !isEmpty(value));
  io.print(
    details(
      [
        ...fields.map(([name, value]) => [name, fieldText(value)] as const),
        ['state', stateText(endpoint)],
        ['breaker', breakerText(breaker)],
        ['paused', pause && pauseText(pause)],
        ['url', secret?.url],
        ['secret', secret && secretText(secret, endpoint)],
        ['public key', secret?.publicKey],
      ],
      io.out,
    ),
  );
}

interface SecretState extends SecretHealth {
  /** Undefined if the secret does not exist. */
  readonly currentSince: string | undefined;
  readonly isRotating: boolean;
}

async function secretState(endpoint: Endpoint, relay: Relay): Promise<SecretState | undefined> {
  const secretId = secretIdOf(endpoint.destination);
  if (secretId === undefined) return undefined;
  const state = (await relay.secrets.state(secretId)) ?? { currentSince: undefined, isRotating: false };
  return { ...state, ...(await secretHealth(endpoint, relay)) };
}

function secretText(secret: SecretState, endpoint: Endpoint): string {
  return isChannel(endpoint) ? channelText(secret, endpoint) : signingText(secret);
}

/** The secret is the URL. */
function channelText({ currentSince, problem }: SecretState, { id }: ChannelEndpoint): string {
  if (currentSince !== undefined && problem === undefined) return `since ${currentSince}`;
  const state = currentSince === undefined ? 'missing' : 'unusable';
  const because = problem === undefined ? '' : ` (${problem})`;
  return `${state}: nothing can be posted${because}. Messages wait; see \`pcr endpoints update ${id} --url-file FILE\``;
}

function signingText({ currentSince, isRotating, problem, degraded }: SecretState): string {
  if (currentSince === undefined)
    return `missing: nothing can be signed${problem === undefined ? '' : ` (${problem})`}. Remove the endpoint and add it again`;
  if (problem !== undefined)
    return `unusable: ${problem}. Messages wait; see \`pcr endpoints rotate-secret\`, and --secret-id of \`pcr endpoints update\``;
  if (degraded) return `since ${currentSince}; ${degradedText(degraded)}`;
  return `since ${currentSince}${isRotating ? '; the previous one also signs until rotate-secret --finish' : ''}`;
}

function fieldText(value: Json): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(' ') : stringifyJson(value);
}

function isEmpty(value: Json): boolean {
  return (
    (Array.isArray(value) && value.length === 0) || (isJsonObject(value) && Object.keys(value).length === 0)
  );
}
