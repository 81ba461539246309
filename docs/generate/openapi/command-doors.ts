import { type ProblemCode, problemTypes } from '../../../lambdas/commands/problem-document.ts';

/** A door of commands, as its OpenAPI document describes it. */
export interface CommandDoor {
  /** Of the document in `docs/commands`. */
  readonly file: string;
  readonly title: string;
  /** The output of the stack that has the URL. */
  readonly output: string;
  readonly description: string;
  /** By name, as OpenAPI defines them. */
  readonly securitySchemes: Readonly<Record<string, object>>;
  readonly headers: { readonly post: readonly Header[]; readonly get: readonly Header[] };
  readonly problems: { readonly post: readonly ProblemCode[]; readonly get: readonly ProblemCode[] };
}

interface Header {
  readonly name: string;
  readonly description: string;
  /** @default false */
  readonly isOptional?: true;
}

const allCodes = Object.keys(problemTypes).filter(isProblemCode);

function isProblemCode(name: string): name is ProblemCode {
  return Object.hasOwn(problemTypes, name);
}

/** Only the signed door knows clients. */
const ofClients: readonly ProblemCode[] = [
  'unauthorized',
  'stale-timestamp',
  'client-disabled',
  'not-allowed',
  'too-many-requests',
];
const ofPost = allCodes.filter((code) => code !== 'not-found');

const signedHeaders: readonly Header[] = [
  { name: 'relay-client', description: 'The id of the client whose secret signs the request.' },
  { name: 'webhook-id', description: 'The key of the command: 1 to 255 visible ASCII characters.' },
  {
    name: 'webhook-timestamp',
    description: 'The current time, in whole seconds since 1970-01-01 UTC. It may be up to five minutes off.',
  },
];

export const commandDoors: readonly CommandDoor[] = [
  {
    file: 'signed-door.yaml',
    title: 'Partner Central Relay, the signed door of commands',
    output: 'SignedCommandsUrl',
    description:
      'For clients without credentials of AWS, which sign by Standard Webhooks. See ../commands.md.',
    securitySchemes: {
      signature: {
        type: 'apiKey',
        in: 'header',
        name: 'webhook-signature',
        description:
          'Standard Webhooks 1.0.0: `v1,` and the base64 of the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>`. Several signatures are separated by spaces. A GET signs an empty body.',
      },
    },
    headers: { post: signedHeaders, get: signedHeaders },
    problems: {
      post: ofPost,
      get: [
        'unauthorized',
        'stale-timestamp',
        'client-disabled',
        'not-found',
        'too-many-requests',
        'unavailable',
      ],
    },
  },
  {
    file: 'iam-door.yaml',
    title: 'Partner Central Relay, the door of commands for callers with credentials of AWS',
    output: 'CommandsUrl',
    description: 'For callers with credentials of AWS, which IAM authorizes. See ../commands.md.',
    securitySchemes: {
      iam: {
        type: 'apiKey',
        in: 'header',
        name: 'authorization',
        description: 'Signature Version 4 of AWS, service execute-api.',
      },
    },
    headers: {
      post: [
        {
          name: 'idempotency-key',
          description: 'The key of the command: 1 to 255 visible ASCII characters. A check needs none.',
          isOptional: true,
        },
      ],
      get: [],
    },
    problems: {
      post: ofPost.filter((code) => !ofClients.includes(code)),
      get: ['not-found', 'unavailable'],
    },
  },
];
