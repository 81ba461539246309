import { type Command, Option } from 'commander';
import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import { type Endpoint, payloadForms, type WebhookDestination } from '../../../lambdas/core/endpoint.ts';
import { recordPath } from '../../../lambdas/core/record.ts';
import { sampleVersion } from '../../../lambdas/core/sample-version.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import { type DefinitionOptions, givenFields, toEndpoint } from '../endpoints/definition-options.ts';
import { newEndpointId } from '../endpoints/new-endpoint-id.ts';
import { noteEndpointWarnings } from '../endpoints/note-endpoint-warnings.ts';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { type ForwardDeps, type ForwardResult, forward } from '../listen/forward.ts';
import { listenUrl } from '../listen/listen-url.ts';
import { listen } from '../listen/listener.ts';
import { givenSecrets, keptSecrets, type ListenerSecretOptions } from '../listen/listener-secrets.ts';
import { probeServer } from '../listen/probe-server.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import { printable, withTimes } from '../table.ts';
import { repeated } from '../values.ts';

type ListenOptions = Pick<
  DefinitionOptions,
  'topic' | 'catalog' | 'filter' | 'payload' | 'redact' | 'only' | 'header'
> &
  ListenerSecretOptions;

/** `pcr listen` */
export function addListenCommand(command: Command, io: Io): void {
  command
    .argument('<url>', '3000, :3000/hook, localhost:3000, or a URL', listenUrl)
    .option('--topic <topic>', 'type or topic, * for any characters; may be repeated; default: all', repeated)
    .option('--catalog <catalog>', 'catalog; may be repeated; default: all', repeated)
    .option('--filter <json>', 'EventBridge pattern on the message')
    .option('--payload <form>', payloadForms.join(' or '))
    .option('--redact <pointer>', 'JSON Pointer to leave out, or personal-data; may be repeated', repeated)
    .option(
      '--only <pointer>',
      'of the record, send only this; instead of --redact; may be repeated',
      repeated,
    )
    .option('--header <name: value>', 'sent with every message; may be repeated', repeated)
    .option('--secret-file <file>', 'sign with this secret instead of the kept one')
    .addOption(
      new Option('--new-secret', 'replace the kept secret, and print the new one').conflicts('secretFile'),
    )
    .option('--print-json', 'print each message as one line of JSON, and all else on standard error')
    .addHelpText('after', help)
    .action((url: string, options: ListenOptions) => listenAt(url, options, io));
}

const help = `
Messages of versions that are stored from now on arrive within seconds. Each is
tried once. While the server refuses connections, they wait.
Send again:  pcr deliveries retry <delivery>, for a forwarded delivery; it
             arrives within a minute
A sample:    pcr endpoints test <endpoint>, with the id that is printed at the
             start
The secret:  the same at each start on this stack. The first start creates it in
             a file that only you can read, prints it to a terminal, and says
             where it is.
${examples(
  'pcr listen 3000',
  "pcr listen :3000/hook --topic 'opportunity.*' --payload thin",
  'pcr listen localhost:3000 --print-json | jq .data.changes',
)}`;

async function listenAt(url: string, options: ListenOptions, io: Io): Promise<void> {
  const { target, definition } = parseListener(url, options);
  const given = givenSecrets(options);
  const relay = await io.relay();
  const secrets = given ?? keptSecrets(definition.id, options, relay, io);
  const deps = await forwardDepsOf({ secrets, target, form: definition }, relay, io);
  await noteEndpointWarnings([definition], relay, io);
  // Before the note that names Ctrl-C.
  const interrupted = io.interrupted();
  io.note(`${definition.id} forwards to ${url} until Ctrl-C.`);
  const { cancelled } = await listen(definition, {
    endpoints: relay.endpoints,
    deliveries: relay.deliveries,
    clock: io.clock,
    interrupted,
    forward: forwardAndReport(deps, options, io),
  });
  const left =
    cancelled > 0 ? ` ${counted(cancelled, 'delivery', 'deliveries')} that waited were cancelled.` : '';
  io.note(`${definition.id} was removed.${left}`);
}

/** @throws UsageError that names every invalid field */
function parseListener(
  url: string,
  options: DefinitionOptions,
): { readonly target: WebhookDestination; readonly definition: Omit<Endpoint, 'destination'> } {
  const given = givenFields({ topic: ['*'], ...options, url, description: 'pcr listen' });
  const { destination, ...definition } = toEndpoint({ id: newEndpointId(), secretId: 'none', ...given });
  // A definition with a URL is always a webhook.
  if (destination.kind !== 'webhook') throw new TypeError('a listener has a URL');
  return { target: destination, definition };
}

/** The SDK and the transport are loaded only when needed: help and invalid options stay fast. */
async function forwardDepsOf(
  rest: { readonly secrets: readonly SigningSecret[] } & Pick<ForwardDeps, 'target' | 'form'>,
  { clients, output, records }: Relay,
  { clock }: Io,
): Promise<ForwardDeps> {
  const { dynamodbDeliveryStore } = await import('../../../lambdas/adapters/dynamodb-delivery-store.ts');
  const { httpsWebhookTransport } = await import('../../../lambdas/adapters/https-webhook-transport.ts');
  return {
    deliveries: dynamodbDeliveryStore(clients.dynamodb, output('WebhooksTableName')),
    findVersion: async (ref) => sampleVersion(ref) ?? records.version(ref),
    // The transport connects only to the URL that the user gave, usually on their own machine.
    transport: httpsWebhookTransport({ network: 'loopback' }),
    probe: () => probeServer(rest.target.url, rest.target.timeoutSeconds * 1_000),
    clock,
    ...rest,
  };
}

/** Reports once that the server is down, and again only after it was up. */
function forwardAndReport(
  deps: ForwardDeps,
  { printJson = false }: ListenOptions,
  io: Io,
): (entry: DeliveryEntry) => Promise<boolean> {
  let isDown = false;
  return async (entry) => {
    const forwarded = await forward(entry, deps);
    if (!forwarded) return true;
    const wasDown = isDown;
    isDown = forwarded === 'down';
    if (forwarded !== 'down') {
      (printJson ? io.note : io.print)(forwardedLine(entry, forwarded));
      if (printJson) io.print(forwarded.body);
    } else if (!wasDown) io.note(`${deps.target.url} is down: messages wait until it is up.`);
    return !isDown;
  };
}

function forwardedLine({ id, version }: DeliveryEntry, { type, attempt }: ForwardResult): string {
  const { outcome, status, startedAt, durationMs, answer, reason } = attempt;
  const result = status === undefined ? outcome : String(status);
  const what = `${withTimes(startedAt)} ${type} ${recordPath(version)} ${version.version}`;
  const notes = outcome === 'delivered' ? [] : [reason, answer?.slice(0, 200)];
  const noteLines = notes.flatMap((note) => (note ? [`\n  ${printable(note)}`] : [])).join('');
  return `${what} -> ${result}\n  ${id}, ${Math.round(durationMs)} ms${noteLines}`;
}
