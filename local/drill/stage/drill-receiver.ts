import { type LoopbackServer, startLoopbackServer } from '../../loopback-server.ts';

/** A receiver that answers as a drill wants. `npm start` has one that verifies signatures. */
export class DrillReceiver {
  /** The status of every answer. */
  status = 204;
  /** Number of requests that were answered with 204. */
  accepted = 0;
  #server: LoopbackServer | undefined;

  /** @returns the URL to register */
  async start(): Promise<string> {
    this.#server = await startLoopbackServer((request, response) => {
      if (this.status === 204) this.accepted += 1;
      request.resume();
      response.writeHead(this.status).end();
    });
    return `${this.#server.url}/partner-central`;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
