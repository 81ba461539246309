import { stringify } from 'yaml';
import { messageTypes } from '../../../lambdas/core/message-type.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { answers, busEvent, byType, headers, messageOfType, signature } from './async-api-parts.ts';

/** By the path of the document in `docs/webhooks`. */
export function asyncApiFiles(): ReadonlyMap<string, string> {
  const text = stringify(asyncApi(), { lineWidth: 110, aliasDuplicateObjects: false });
  return new Map([['asyncapi.yaml', `# npm run docs writes this file from the code.\n${text}`]]);
}

/** An AsyncAPI document of what the relay sends. `send` is from its point of view. */
function asyncApi() {
  return {
    asyncapi: '3.1.0',
    id: 'urn:partner-central-relay',
    info: {
      title: 'Partner Central Relay',
      version: packageJson.version,
      description:
        'Signed webhooks about changes of AWS Partner Central co-sell records. See ../webhooks.md for retries, order and addresses.',
      license: { name: packageJson.license },
      tags: [{ name: 'webhooks' }],
    },
    defaultContentType: 'application/json',
    servers: {
      receiver: {
        host: 'crm.example.com',
        pathname: '/hooks',
        protocol: 'https',
        description: 'Your server, which an operator adds as an endpoint.',
        security: [{ $ref: '#/components/securitySchemes/signature' }],
      },
    },
    channels: {
      webhooks: {
        title: 'Webhooks',
        description:
          'One POST for each version of a record, at least once and in no order unless the endpoint asks for it. Ignore a webhook-id that you have processed, and keep the highest data.version of each record.',
        servers: [{ $ref: '#/servers/receiver' }],
        messages: byType((type) => ({ $ref: `#/components/messages/${type}` })),
      },
      answers: {
        title: 'Answers',
        description: 'The answer of your server to a webhook. Only its status counts.',
        messages: answers,
      },
      eventBus: {
        title: 'An event bus instead of a webhook',
        description:
          'An endpoint can be an EventBridge bus. Its events are not signed: its policy says who may put them.',
        messages: { event: busEvent() },
      },
    },
    operations: {
      sendWebhook: {
        action: 'send',
        channel: { $ref: '#/channels/webhooks' },
        title: 'Send a webhook',
        description:
          'Answer 2xx within 15 seconds, or the timeoutSeconds of the endpoint. Any other answer is tried again, up to ten times in three days.',
        bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
        messages: messageTypes.map((type) => ({ $ref: `#/channels/webhooks/messages/${type}` })),
        reply: {
          channel: { $ref: '#/channels/answers' },
          messages: Object.keys(answers).map((name) => ({ $ref: `#/channels/answers/messages/${name}` })),
        },
      },
      putEvent: {
        action: 'send',
        channel: { $ref: '#/channels/eventBus' },
        title: 'Put an event on a bus',
        messages: [{ $ref: '#/channels/eventBus/messages/event' }],
      },
    },
    components: {
      messages: byType(messageOfType),
      messageTraits: { webhook: { headers } },
      securitySchemes: { signature },
    },
  };
}
