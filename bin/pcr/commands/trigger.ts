import { Argument, type Command } from 'commander';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { type Topic, topics } from '../../../lambdas/core/message-type.ts';
import { sendSample } from '../endpoints/send-sample.ts';
import { UsageError } from '../errors.ts';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { triggerOnStage } from '../trigger/trigger-on-stage.ts';
import { endpointIdValue, wholeNumberValue } from '../values.ts';

interface TriggerOptions extends JsonOption {
  readonly id?: string;
  readonly endpoint?: EndpointId;
  readonly waitSeconds: number;
}

/** `pcr trigger` */
export function addTriggerCommand(command: Command, io: Io): void {
  command
    .addArgument(new Argument('<topic>', 'a type or a topic').choices(topics))
    .option('--id <id>', 'on the local stage: the record to change; default: one that can change')
    .option('--endpoint <id>', 'send a sample to this endpoint, and change nothing', endpointIdValue)
    .option('--wait-seconds <seconds>', 'how long to wait for the message', wholeNumberValue(1, 600), 60)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'pcr trigger opportunity.stage_changed',
        'pcr trigger engagement_invitation.accepted --id engi-abcdefgh12345',
        'pcr trigger opportunity.created --endpoint ep_crm',
      ),
    )
    .action((topic: Topic, options: TriggerOptions) => triggerTopic(topic, options, io));
}

async function triggerTopic(topic: Topic, options: TriggerOptions, io: Io): Promise<void> {
  const { id, endpoint } = options;
  if (endpoint !== undefined) {
    if (id !== undefined)
      throw new UsageError(`--id ${id}: a sample has an id of its own; allowed: --id or --endpoint`);
    return await sendSample(endpoint, topic, options, io);
  }
  const { stageDoor } = await io.relay();
  if (stageDoor) return await triggerOnStage(stageDoor, topic, options, io);
  throw new UsageError(
    '--endpoint: not given, and this is not the local stage, whose records may change; allowed: the endpoint that gets the sample',
  );
}
