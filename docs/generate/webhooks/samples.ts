import { messageOf } from '../../../lambdas/core/message.ts';
import { type Topic, topics } from '../../../lambdas/core/message-type.ts';
import { makeSample } from '../../../lambdas/core/sample-version.ts';

/** When the published samples were made, so that they are always the same. */
export const sampledAt = '2026-03-01T10:00:00.000Z';

/** The message that `pcr endpoints test --type TOPIC` sends, in lines that are easy to read. */
function sampleText(topic: Topic): string {
  const { body } = messageOf(makeSample(topic, sampledAt), { payload: 'full', redact: [] });
  return `${JSON.stringify(JSON.parse(body), undefined, 2)}\n`;
}

/** By the path of the document in `docs/webhooks`. */
export function sampleFiles(): ReadonlyMap<string, string> {
  return new Map(topics.map((topic) => [`samples/${topic}.json`, sampleText(topic)]));
}
