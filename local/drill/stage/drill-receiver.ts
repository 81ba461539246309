import { type LoopbackServer, startLoopbackServer } from '../../loopback-server.ts';

/** A receiver that answers as a drill wants. `npm start` has one that verifies signatures. */
export class DrillReceiver {
  /** The status of every answer. */
  status = 204;
  #server: LoopbackServer | undefined;

  /** @returns the URL to register */
  async start(): Promise<string> {
    this.#server = await startLoopbackServer((request, response) => {
      request.resume();
      response.writeHead(this.status).end();
    });
    return `${this.#server.url}/partner-central`;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
