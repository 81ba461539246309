import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { recordPath } from '../../../lambdas/core/record.ts';
import { counted, spanText } from '../output.ts';
import { printable } from '../table.ts';
import type { FoundMessages } from './find-messages.ts';
import type { Replay } from './replay.ts';
import type { ReplayedMessage } from './steps.ts';

const mostNamed = 10;

/** Summarizes a replay before the user confirms it. */
export function countLines(
  {
    messages,
    unwanted,
    unreadable,
  }: Pick<FoundMessages, 'unwanted' | 'unreadable'> & { readonly messages: readonly ReplayedMessage[] },
  { ratePerSecond }: Replay,
  { id, disabled }: Endpoint,
): readonly string[] {
  const records = new Set(messages.map(({ ref }) => recordPath(ref))).size;
  const many = `${counted(messages.length, 'message')} of ${counted(records, 'record')}`;
  const takes = spanText((messages.length / ratePerSecond) * 1_000);
  const lines = [`${many} for ${id}; at ${ratePerSecond} per second they take ${takes}.`];
  if (unwanted > 0)
    lines.push(`Not sent: ${unwanted} that do not match the topics, catalogs or filter of ${id}.`);
  if (unreadable.length > 0)
    lines.push(`Not sent, because they are unreadable in the Records table: ${named(unreadable)}.`);
  if (disabled)
    lines.push(`${id} is disabled (${printable(disabled.reason)}): messages wait until it is enabled.`);
  return lines;
}

function named(keys: readonly string[]): string {
  const more = keys.length - mostNamed;
  return `${keys.slice(0, mostNamed).map(printable).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
