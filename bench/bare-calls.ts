import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Agent, request } from 'node:http';
import { type BarePosts, handler as postAll } from './bare-deliver.ts';
import type { RecordedCall } from './recorded-calls.ts';

export interface BareCalls {
  readonly url: string;
  /** The name in the signature: `dynamodb`. */
  readonly service: string;
  readonly calls: readonly RecordedCall[];
}

export interface BareWork {
  readonly services: readonly BareCalls[];
  /** The webhooks that are sent, if any. */
  readonly posts: BarePosts | undefined;
}

/** Number of concurrent requests. */
const atOnce = 10;
const isConditionFailed = /"__type":"[^"]*(?:ConditionalCheckFailed|TransactionCanceled)Exception"/;
const agent = new Agent({ keepAlive: true });
const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN = '' } = process.env;
const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
const hmac = (key: KeyObject, text: string) => createHmac('sha256', key).update(text);
const nextKey = (key: KeyObject, text: string) => createSecretKey(hmac(key, text).digest());
const firstKey = createSecretKey(Buffer.from(`AWS4${AWS_SECRET_ACCESS_KEY}`));
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * The least work with the same result: makes each call of a function once more, signed by hand and
 * without the SDK, with nothing between the calls.
 */
export async function handler({ services, posts }: BareWork): Promise<{ batchItemFailures: string[] }> {
  for (const { url, service, calls } of services) {
    const key = [day, 'us-east-1', service, 'aws4_request'].reduce(nextKey, firstKey);
    const waiting = [...calls].toReversed();
    const work = async (): Promise<void> => {
      for (let call = waiting.pop(); call; call = waiting.pop()) {
        const headers = headersOf(call, { host: new URL(url).host, service, key });
        const { status, answer } = await send(url, headers, call.body);
        // The answer to a condition that does not hold is 400, and costs the same.
        if (status !== 200 && !(status === 400 && isConditionFailed.test(answer)))
          throw new Error(`${call.target} was answered with ${status}: ${answer}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }
  return posts ? await postAll(posts) : { batchItemFailures: [] };
}

interface Signing {
  readonly host: string;
  readonly service: string;
  readonly key: KeyObject;
}

/** AWS Signature Version 4 of a POST to `/`. */
function headersOf({ target, body }: RecordedCall, { host, service, key }: Signing): Record<string, string> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const signed = {
    'content-type': 'application/x-amz-json-1.0',
    host,
    'x-amz-date': date,
    'x-amz-security-token': AWS_SESSION_TOKEN,
    'x-amz-target': target,
  };
  const names = Object.keys(signed).join(';');
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const scope = `${day}/us-east-1/${service}/aws4_request`;
  const canonical = hash(`POST\n/\n\n${lines.join('')}\n${names}\n${hash(body)}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${canonical}`).digest('hex');
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, ` +
    `SignedHeaders=${names}, Signature=${signature}`;
  return { ...signed, authorization, 'content-length': String(Buffer.byteLength(body)) };
}

interface Answered {
  readonly status: number | undefined;
  readonly answer: string;
}

/** Resolves once the answer is parsed. */
function send(url: string, headers: Record<string, string>, body: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        const answer = Buffer.concat(chunks).toString();
        JSON.parse(answer);
        resolve({ status: response.statusCode, answer });
      });
    })
      .once('error', reject)
      .end(body);
  });
}
