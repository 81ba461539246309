import type { MendStep } from './drill.ts';
import { type Advice, commandsIn } from './runbook.ts';
import type { DrillStage } from './stage/drill-stage.ts';

/** Finds what is not in the runbook. A drill must end its alarm by what an operator can read. */
export function findUndocumentedSteps(steps: readonly MendStep<never>[], advice: Advice): readonly string[] {
  return steps
    .map((step) => ('command' in step ? step.command : step.words))
    .filter((text) => !commandsIn(advice).includes(text) && !advice.toLowerCase().includes(text));
}

/**
 * Performs one step.
 * @param print called with what a person would see
 * @throws Error if a command fails
 */
export async function performStep<Stage extends Pick<DrillStage, 'pcr'>>(
  step: MendStep<Stage>,
  stage: Stage,
  print: (line: string) => void,
): Promise<void> {
  if (!('command' in step)) {
    print(`by hand: ${step.words}`);
    await step.perform?.(stage);
    return;
  }
  const args = argumentsOf(step.command, step.values?.() ?? {});
  print(`$ pcr ${args.join(' ')}`);
  const { code, out, err } = await stage.pcr(args);
  for (const line of `${out}${err}`.split('\n')) if (line.trim() !== '') print(`  ${line}`);
  if (code !== 0) throw new Error(`pcr ${args.join(' ')} ended with exit code ${code}`);
}

/** Replaces words in capitals. */
function argumentsOf(command: string, values: Readonly<Record<string, string>>): readonly string[] {
  const [, ...words] = command.split(' ');
  return words.map((word) => values[word] ?? word);
}
