import { drills } from './drills/drills.ts';

export const usage = `npm run drill [-- ALARM ...]

  Makes alarms fire on the metrics of the local stage, and ends them as docs/runbook.md says.
  Without a name it plays all: ${drills.map(({ alarm }) => alarm).join(', ')}`;

/** The problems are one line for each name that is not allowed. */
export function parseDrillOptions(
  args: readonly string[],
): { readonly alarms: readonly string[] } | { readonly problems: readonly string[] } | 'help' {
  if (args.includes('--help')) return 'help';
  const known = drills.map(({ alarm }) => alarm);
  const unknown = args.filter((arg) => !known.includes(arg));
  if (unknown.length > 0)
    return {
      problems: unknown.map((name) => `${name}: there is no such drill; allowed: ${known.join(', ')}`),
    };
  return { alarms: args.length === 0 ? known : args };
}
