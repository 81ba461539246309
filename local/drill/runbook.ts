/** What the runbook says under "Do" about an alarm, in one line, without line breaks. */
export type Advice = string;

/**
 * Reads what to do about each alarm, by its name.
 * @param runbook the text of docs/runbook.md
 */
export function readAdvice(runbook: string): ReadonlyMap<string, Advice> {
  const sections = runbook.split(/^### /m).slice(1);
  return new Map(
    sections.flatMap((section): [string, Advice][] => {
      const [name = ''] = section.split('\n');
      const [, advice] = /^Do: (.*?)(?=^Drill: |^#|(?![\s\S]))/ms.exec(section) ?? [];
      return advice === undefined ? [] : [[name.trim(), advice.replaceAll(/\s+/g, ' ').trim()]];
    }),
  );
}

/** The commands of `pcr` in an advice, as they are printed. */
export function commandsIn(advice: Advice): readonly string[] {
  return [...advice.matchAll(/`(pcr [^`]+)`/g)].map(([, command = '']) => command);
}
