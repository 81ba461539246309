import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Receiver } from '../../local/receiver.ts';
import type { Pcr } from '../deploy/pcr.ts';

/** An endpoint that the last release's `pcr` added, with its receiver. */
export interface AddedEndpoint {
  readonly id: string;
  readonly receiver: Receiver;
  /** What signs its messages. */
  readonly secret: string;
}

/** Starts a receiver and adds an endpoint for it. @param folder for the file of its secret */
export async function addEndpoint(
  pcr: Pcr,
  folder: string,
  id: string,
  topic: string,
): Promise<AddedEndpoint> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const file = join(folder, `${id}.secret`);
  await writeFile(file, secret, { mode: 0o600 });
  const receiver = new Receiver(secret);
  const url = await receiver.start();
  await pcr('endpoints', 'add', '--id', id, '--url', url, '--topic', topic, '--secret-file', file);
  return { id, receiver, secret };
}
