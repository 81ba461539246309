import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';

export interface BarePosts {
  readonly url: string;
  /** A Standard Webhooks secret without `whsec_`. */
  readonly key: string;
  readonly body: string;
  /** One webhook id for each POST. */
  readonly ids: readonly string[];
  /** Number of concurrent POSTs. 1 is a loop that waits for each answer. */
  readonly atOnce: number;
}

const agent = new Agent({ keepAlive: true });

/** Baseline: only signed POSTs, without tables, endpoints or retries. */
export async function handler(posts: BarePosts): Promise<{ batchItemFailures: string[] }> {
  const { url, key, body, ids, atOnce } = posts;
  const failed: string[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce);
    const statuses = await Promise.all(some.map((id) => post(url, signed(id, key, body), body)));
    failed.push(...some.filter((_, index) => statuses[index] !== 204));
  }
  return { batchItemFailures: failed };
}

function signed(id: string, key: string, body: string): Record<string, string> {
  const seconds = Math.floor(Date.now() / 1_000);
  const mac = createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${seconds}.${body}`);
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${mac.digest('base64')}`,
  };
}

function post(url: string, headers: Record<string, string>, body: string): Promise<number | undefined> {
  const length = { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers: { ...headers, ...length } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end(body);
  });
}
