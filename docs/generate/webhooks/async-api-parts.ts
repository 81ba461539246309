import { type MessageType, messageTypes } from '../../../lambdas/core/message-type.ts';

export function byType<Value>(valueOf: (type: MessageType) => Value): Readonly<Record<string, Value>> {
  return Object.fromEntries(messageTypes.map((type) => [type, valueOf(type)]));
}

export function messageOfType(type: MessageType) {
  return {
    name: type,
    title: type,
    contentType: 'application/json',
    traits: [{ $ref: '#/components/messageTraits/webhook' }],
    payload: { $ref: `./schemas/${type}.json` },
    examples: [{ name: type, payload: { $ref: `./samples/${type}.json` } }],
  };
}

export const headers = {
  type: 'object',
  required: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  properties: {
    'webhook-id': {
      type: 'string',
      description: 'The id of the message: the same in every retry and replay, and at every endpoint.',
    },
    'webhook-timestamp': {
      type: 'string',
      description: 'Start of this attempt, whole seconds since 1970.',
    },
    'webhook-signature': {
      type: 'string',
      description:
        'Signatures of Standard Webhooks 1.0.0, separated by spaces, over webhook-id, webhook-timestamp and body. One is v1 (HMAC-SHA256). While a secret is rotated there are two, and with a public key one is v1a (ed25519).',
    },
    traceparent: {
      type: 'string',
      description: 'W3C Trace Context. The trace id is the id of the event behind the message. Not signed.',
    },
  },
} as const;

export const signature = {
  type: 'httpApiKey',
  name: 'webhook-signature',
  in: 'header',
  description:
    'Verify the signature with the secret (whsec_…) or the public key (whpk_…) of the endpoint, and refuse a webhook-timestamp that differs by more than five minutes.',
} as const;

export const answers = {
  accepted: answer(204, 'Any 2xx: the message is delivered.'),
  busy: answer(503, '429 or 503 with Retry-After: the endpoint waits as long as it says.'),
  gone: answer(410, 'The endpoint is disabled.'),
  failed: answer(500, 'Anything else, and no answer in time: the message is tried again.'),
};

function answer(statusCode: number, summary: string) {
  return { summary, bindings: { http: { statusCode, bindingVersion: '0.3.0' } } };
}

/** The message as EventBridge delivers it to the rules of a bus. */
export function busEvent() {
  return {
    name: 'event',
    title: 'An event on a bus',
    contentType: 'application/json',
    payload: {
      type: 'object',
      required: ['source', 'detail-type', 'detail'],
      properties: {
        source: { const: 'partner-central-relay' },
        'detail-type': { type: 'string', description: 'The type of the message.' },
        detail: { anyOf: messageTypes.map((type) => ({ $ref: `./schemas/${type}.json` })) },
      },
    },
  };
}
