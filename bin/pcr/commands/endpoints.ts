import { type Command, Option } from 'commander';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { messageTypes } from '../../../lambdas/core/message-type.ts';
import { definitionOptions } from '../endpoints/definition-options.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { endpointIdValue, repeated, wholeNumberValue } from '../values.ts';
import { type AddOptions, addEndpoint } from './endpoints/add.ts';
import { type ApplyOptions, applyEndpoints } from './endpoints/apply.ts';
import { disableEndpoint, enableEndpoint } from './endpoints/enable.ts';
import { listEndpoints } from './endpoints/list.ts';
import { type RemoveOptions, removeEndpoint } from './endpoints/remove.ts';
import { type RotateOptions, rotateSecret } from './endpoints/rotate-secret.ts';
import { showEndpoint } from './endpoints/show.ts';
import { type TestOptions, testEndpoint } from './endpoints/test.ts';
import { type UpdateOptions, updateEndpoint } from './endpoints/update.ts';

/** `pcr endpoints …` */
export function addEndpointsCommands(program: Command, io: Io): void {
  const group = program
    .command('endpoints')
    .description('Where messages go: webhooks and event buses, one by one or declared in a file.');
  addAdd(group, io);
  addReading(group, io);
  addUpdate(group, io);
  addSwitching(group, io);
  addTest(group, io);
  addRotateSecret(group, io);
  addApply(group, io);
}

function addAdd(group: Command, io: Io): void {
  definitionOptions(group.command('add'))
    .description('Adds an endpoint. Its signing secret is made, and shown this once.')
    .option('--id <id>', 'ep_ and letters or digits; default: a new one')
    .option('--secret-id <name>', 'sign with a secret that exists, by name or ARN, instead of a new one')
    .option('--secret-file <file>', 'take the secret from a file, or from standard input with -')
    .option('--asymmetric', 'sign with ed25519, too (v1a); the public key is shown')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        "pcr endpoints add --id ep_crm --url https://partner.example.com/hooks --topic 'opportunity.*'",
        "pcr endpoints add --url https://partner.example.com/hooks --topic '*' --payload thin --header 'Authorization: Bearer …'",
        "pcr endpoints add --event-bus arn:aws:events:us-east-1:123456789012:event-bus/co-sell --topic 'engagement_invitation.*'",
      ),
    )
    .action((options: AddOptions) => addEndpoint(io, options));
}

function addReading(group: Command, io: Io): void {
  group
    .command('list')
    .description('All endpoints, and whether they are enabled.')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints list', 'pcr endpoints list --json'))
    .action((options: JsonOption) => listEndpoints(io, options));
  withId(group.command('show'))
    .description('An endpoint with its breaker and the state of its secret. Values of headers are not shown.')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints show ep_crm', 'pcr endpoints show ep_crm --json'))
    .action((id: EndpointId, options: JsonOption) => showEndpoint(io, id, options));
}

function addUpdate(group: Command, io: Io): void {
  definitionOptions(withId(group.command('update')))
    .description('Changes the fields that are given; a list is replaced as a whole. The others stay.')
    .option('--secret-id <name>', 'sign with another secret that exists, by name or ARN')
    .option('--unset <field>', 'take a field back to its default; may be repeated', repeated)
    .addHelpText(
      'after',
      examples(
        'pcr endpoints update ep_crm --timeout-seconds 20 --rate-per-second 5',
        'pcr endpoints update ep_crm --unset filter --unset ratePerSecond',
      ),
    )
    .action((id: EndpointId, options: UpdateOptions) => updateEndpoint(io, id, options));
}

function addSwitching(group: Command, io: Io): void {
  withId(group.command('remove'))
    .description('Removes an endpoint, and cancels by name what still waits for it.')
    .option('--force', 'do not ask, even if deliveries wait')
    .addHelpText('after', examples('pcr endpoints remove ep_crm', 'pcr endpoints remove ep_crm --force'))
    .action((id: EndpointId, options: RemoveOptions) => removeEndpoint(io, id, options));
  withId(group.command('enable'))
    .description('Enables an endpoint, closes its breaker, and sends what waited. Safe to repeat.')
    .addHelpText('after', examples('pcr endpoints enable ep_crm'))
    .action((id: EndpointId) => enableEndpoint(io, id));
  withId(group.command('disable'))
    .description('Sends nothing to an endpoint until it is enabled; its messages are held for 30 days.')
    .option('--reason <text>', 'for the people who come after you', 'disabled by an operator')
    .addHelpText('after', examples("pcr endpoints disable ep_crm --reason 'CRM moves on Monday'"))
    .action((id: EndpointId, options: { readonly reason: string }) => disableEndpoint(io, id, options));
}

function addTest(group: Command, io: Io): void {
  withId(group.command('test'))
    .description('Sends a signed sample on the way of all deliveries, once, and shows what came of it.')
    .addOption(
      new Option('--type <type>', 'what the sample is').choices(messageTypes).default('opportunity.updated'),
    )
    .option('--wait-seconds <seconds>', 'how long to wait for the attempt', wholeNumberValue(1, 600), 60)
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints test ep_crm --type engagement_invitation.created'))
    .action((id: EndpointId, options: TestOptions) => testEndpoint(io, id, options));
}

function addRotateSecret(group: Command, io: Io): void {
  withId(group.command('rotate-secret'))
    .description('Signs with a new secret and the old one, until --finish says that the old one may go.')
    .option('--finish', 'end the rotation: the old secret signs no more')
    .option('--secret-file <file>', 'take the new secret from a file, or from standard input with -')
    .option('--asymmetric', 'sign with ed25519, too (v1a); without it as before')
    .option('--no-asymmetric', 'sign with ed25519 no more')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `${examples('pcr endpoints rotate-secret ep_crm', 'pcr endpoints rotate-secret ep_crm --finish')}

Who has not seen the new secret reads it: aws secretsmanager get-secret-value --secret-id <secretId of pcr endpoints show>`,
    )
    .action((id: EndpointId, options: RotateOptions) => rotateSecret(io, id, options));
}

function addApply(group: Command, io: Io): void {
  group
    .command('apply')
    .description('Makes the endpoints those of a file, all changes or none: what is not in it is removed.')
    .requiredOption('-f, --file <file>', 'YAML: endpoints, a list; - for standard input')
    .option('--dry-run', 'show the difference, and change nothing')
    .option('--force', 'do not ask, even if deliveries wait for an endpoint that is removed')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('pcr endpoints apply -f endpoints.yaml --dry-run', 'pcr endpoints apply -f endpoints.yaml'),
    )
    .action((options: ApplyOptions) => applyEndpoints(io, options));
}

function withId(command: Command): Command {
  return command.argument('<endpoint>', 'its id, e.g. ep_crm', endpointIdValue);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
