import { type Command, Option } from 'commander';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { type Topic, topics } from '../../../../lambdas/core/message-type.ts';
import { type SampleOptions, sendSample } from '../../endpoints/send-sample.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { jsonOption } from '../../json.ts';
import { wholeNumberValue } from '../../values.ts';

interface TestOptions extends SampleOptions {
  readonly type?: Topic;
}

/** `pcr endpoints test` */
export function addTestCommand(group: Command, io: Io): void {
  withEndpointId(group.command('test'))
    .description('Sends a sample through the delivery pipeline, once, and prints the outcome.')
    .addOption(
      new Option(
        '--type <type>',
        'type or topic of the sample; default: one that the endpoint wants',
      ).choices(topics),
    )
    .option('--wait-seconds <seconds>', 'how long to wait for the attempt', wholeNumberValue(1, 600), 60)
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints test ep_crm --type engagement_invitation.created'))
    .action((id: EndpointId, { type, ...options }: TestOptions) => sendSample(id, type, options, io));
}
