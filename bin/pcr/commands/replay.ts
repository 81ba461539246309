import { type Command, InvalidArgumentError } from 'commander';
import { matchesTopic } from '../../../lambdas/core/endpoint.ts';
import { topics } from '../../../lambdas/core/message-type.ts';
import { recordValue } from '../deliveries/delivery-values.ts';
import type { Io } from '../io.ts';
import { jsonOption } from '../json.ts';
import { isReplayId, type ReplayId } from '../replay/replay.ts';
import { defaultRate, type ReplayOptions, replayMessages } from '../replay/replay-messages.ts';
import { endpointIdValue, instantValue, wholeNumberValue } from '../values.ts';

/** `pcr replay` */
export function addReplayCommands(program: Command, io: Io): void {
  const instant = instantValue(io.clock);
  program
    .command('replay')
    .description(
      'Sends an endpoint messages once more, or for the first time, under the webhook-id they always have.',
    )
    .option('--endpoint <id>', 'whom to send to', endpointIdValue)
    .option(
      '--record <record>',
      'all versions of this record, e.g. O1234567 or AWS/engagement/eng-…',
      recordValue,
    )
    .option('--since <time>', 'what came to be known since then: 90m, 2d, 2026-03-01', instant)
    .option('--until <time>', 'and until then (default: now)', instant)
    .option(
      '--type <type>',
      'of this type or topic, * for any run of characters; may be repeated',
      typeValues,
    )
    .option('--failed', 'what could not be delivered in the last 30 days')
    .option(
      '--rate <number>',
      `messages in a second (default: ${defaultRate}, or the endpoint's own if less)`,
      wholeNumberValue(1, 1_000),
    )
    .option(
      '--resume <id>',
      'go on with an interrupted replay, e.g. rpl_ and 32 hexadecimal digits',
      replayIdValue,
    )
    .option('--dry-run', 'count, and send nothing')
    .option('--yes', 'do not ask')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action((options: ReplayOptions) => replayMessages(options, io));
}

const help = `
Of what is selected, the endpoint is sent what it wants by its topics, catalogs and filter of today. It is safe to repeat: what
is pending is left alone, and an interrupted replay goes on where it was. With --since, and neither --record nor --failed, the
whole Records table is read. A replay runs as long as its messages take at its rate; Ctrl-C stops it.

Examples:
  pcr replay --endpoint ep_crm --since 2026-03-01T10:00:00Z --until 2026-03-01T14:00:00Z --dry-run
  pcr replay --endpoint ep_crm --record O1234567
  pcr replay --endpoint ep_crm --failed --rate 5 --yes
  pcr replay --resume rpl_0123456789abcdef0123456789abcdef`;

function typeValues(text: string, before: readonly string[] = []): readonly string[] {
  if (!topics.some((topic) => matchesTopic(text, topic)))
    throw new InvalidArgumentError(`Allowed: ${topics.join(', ')}, or a pattern that matches one of them.`);
  return [...before, text];
}

function replayIdValue(text: string): ReplayId {
  if (isReplayId(text)) return text;
  throw new InvalidArgumentError('Allowed: rpl_ and 32 hexadecimal digits, as the replay showed it.');
}
