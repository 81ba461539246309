import { Webhook } from 'standardwebhooks';
import * as v from 'valibot';

export interface SignedCall {
  readonly key: string;
  readonly secret: string;
  /** With a body it is a POST, without one a GET. */
  readonly body?: string;
  /** What is signed. @default the body */
  readonly signedBody?: string;
}

export interface DoorAnswer {
  /** The HTTP status and what became of the command, or the code of the problem: `202 accepted`. */
  readonly summary: string;
  /** Undefined in a problem document. */
  readonly id: string | undefined;
}

/** Calls the signed door, as a client that signs with `standardwebhooks`. */
export type CallDoor = (call: SignedCall) => Promise<DoorAnswer>;

const answerSchema = v.object({
  id: v.optional(v.string()),
  code: v.optional(v.string()),
  status: v.union([v.string(), v.number()]),
});

/** @param door URL of the HTTP API */
export function signingClient(door: string, clientId: string): CallDoor {
  return async ({ key, secret, body, signedBody = body ?? '' }) => {
    const now = new Date();
    const answer = await fetch(`${door}/commands${body === undefined ? `/${encodeURIComponent(key)}` : ''}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        'relay-client': clientId,
        'webhook-id': key,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(key, now, signedBody),
      },
      ...(body !== undefined && { body }),
    });
    const { id, code, status } = v.parse(answerSchema, await answer.json());
    return { summary: `${answer.status} ${code ?? status}`, id };
  };
}
