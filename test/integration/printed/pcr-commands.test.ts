import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeUnless } from '../../describe-unless.ts';
import { listPrintedCommands } from '../../unit/pcr/printed-commands.ts';
import { pythonMissing } from '../readme-receivers.ts';
import { fill, type OperatedWorld, startWorld } from './operated-world.ts';
import { inOrder, isName, isReading, sceneOf } from './scenes.ts';

/* Every command of `pcr` that a message or a document prints, on a terminal, in a stack. */

const commands = listPrintedCommands().filter((command) => command.startsWith('pcr '));
const complete = commands.filter((command) => !isName(command));
const reading = complete.filter(isReading);
const changing = inOrder(complete.filter((command) => !isReading(command)));

describeUnless(pythonMissing(), 'a printed command of pcr', () => {
  let world: OperatedWorld;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.stop());

  async function play(command: string): Promise<void> {
    const scene = sceneOf(command);
    await scene.before?.(world, command);
    const line = fill(command, world);
    const { code, screen } = await world.run(line, scene.types);
    expect({ code, screen }).toEqual({ code: scene.code ?? 0, screen: expect.stringMatching(/\S/) });
    expect(screen).not.toMatch(/^ {4}at /m);
  }

  describe.concurrent('that reads', () => {
    it.each(reading)('prints what it is printed for: %s', play);
  });
  describe('that changes something', () => {
    it.each(changing)('does what it is printed for: %s', play);
  });
});
