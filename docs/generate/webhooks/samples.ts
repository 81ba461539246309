import { chatRequestOf } from '../../../lambdas/core/chat-request.ts';
import { type ChatFormat, chatFormats } from '../../../lambdas/core/endpoint.ts';
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

/** The message of the sample that says most, as a channel of a chat gets it. */
function chatSampleText(format: ChatFormat): string {
  const version = makeSample('opportunity.stage_changed', sampledAt);
  const { body } = chatRequestOf(version, { payload: 'full', redact: [] }, format, 'https://example.com/');
  return `${JSON.stringify(JSON.parse(body), undefined, 2)}\n`;
}

/** By the path of the document in `docs/webhooks`. */
export function sampleFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...topics.map((topic) => [`samples/${topic}.json`, sampleText(topic)] as const),
    ...chatFormats.map((format) => [`chat/${format}.json`, chatSampleText(format)] as const),
  ]);
}
