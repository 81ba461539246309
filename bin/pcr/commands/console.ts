import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { startConsole } from '../console/console-server.ts';
import { newToken } from '../console/new-token.ts';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption, printJson } from '../json.ts';
import type { Relay } from '../relay.ts';
import { reachStage } from '../stores/stage-files.ts';
import { wholeNumberValue } from '../values.ts';

interface ConsoleOptions extends JsonOption {
  readonly port: number;
}

/** Where `npm ci` builds the page. */
const pageFolder = fileURLToPath(new URL('../../../dist/page/', import.meta.url));

/** `pcr console` */
export function addConsoleCommand(command: Command, io: Io): void {
  command
    .addOption(
      new Option('--port <number>', 'port on 127.0.0.1')
        .argParser(wholeNumberValue(1_024, 65_535))
        .default(0, 'one that is free'),
    )
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action((options: ConsoleOptions) => serveConsole(options, io));
}

const help = `
Open the printed link in a browser on this machine. The link holds a token that
is new at each start: who has it can do what your AWS credentials allow here.
The page shows deals, invitations, endpoints, deliveries, parked work, commands
and quotas, and does what the commands of pcr do. It needs no resource in AWS.
${examples('pcr console', 'pcr console --port 4400')}`;

async function serveConsole({ port, json = false }: ConsoleOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const server = await startConsole({ relay, io, page: pageFolder, token: newToken() }, port);
  const interrupted = io.interrupted();
  if (json) printJson({ link: server.link }, io);
  else io.print(server.link);
  io.note(`The console of ${relay.stackName}, until Ctrl-C.`);
  const interruption = interrupted.aborted ? Promise.resolve() : once(interrupted, 'abort');
  await Promise.race([interruption, stageEnds(relay, interruption, interrupted, io)]);
  await server.stop();
}

/** A console whose stage has ended would show nothing but errors. */
async function stageEnds(
  { stageDoor }: Relay,
  interruption: Promise<unknown>,
  interrupted: AbortSignal,
  io: Io,
): Promise<void> {
  if (!stageDoor) return await new Promise(() => undefined);
  while (!interrupted.aborted && (await reachStage({ door: stageDoor })) !== 'gone')
    // The timer does not keep the process alive.
    await Promise.race([interruption, setTimeout(stageMs, undefined, { ref: false })]);
  if (!interrupted.aborted) io.note('The local stage has ended.');
}

const stageMs = 3_000;
