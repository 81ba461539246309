import { isJsonArray, isJsonObject, type Json } from '../../../lambdas/core/json.ts';
import type { EffectiveWrite } from '../../../local/partner-central/model/simulated-writes.ts';
import type { Edit, RunningCrm } from './running-crm.ts';

/**
 * Finds edits that are lost, doubled, neither in the record nor printed as a conflict, or that have
 * replaced a value that their person has not seen. Each edit must want a value of its own.
 */
export async function findEditProblems(
  crm: RunningCrm,
  writes: readonly EffectiveWrite[],
): Promise<readonly string[]> {
  const edits = await crm.edits();
  return edits.flatMap((edit, index) => {
    const earlier = edits.slice(0, index).filter((each) => isSameMember(each, edit));
    return problemsOf(edit, earlier, writes).map((problem) => `${crm.id} ${edit.key}: ${problem}`);
  });
}

function problemsOf(
  edit: Edit,
  earlier: readonly Edit[],
  writes: readonly EffectiveWrite[],
): readonly string[] {
  const { state, why, wanted, seen, now } = edit;
  const applied = writes.filter((write) => isOf(write, edit));
  if (state === 'failed' && why === 'conflict') {
    const isPrinted = now !== '(not here yet)' && now !== wanted;
    return [
      ...(applied.length > 0 ? ['printed as a conflict, and written'] : []),
      ...(isPrinted ? [] : ['printed as a conflict, without the value of the others']),
    ];
  }
  // A call had no answer, and a person has changed the deal since. The person has to look.
  if (state === 'failed' && why === 'outcome-unknown')
    return applied.length > 1 ? [`its end is unknown, and it was written ${applied.length} times`] : [];
  if (state !== 'succeeded') return [`${state}, ${why ?? 'without a reason'}`];
  const known = [seen, ...earlier.map((each) => each.wanted)];
  const replaced = applied.map(({ before }) => textAt(before, edit.path));
  return [
    ...(applied.length === 1 ? [] : [`succeeded, and written ${applied.length} times`]),
    ...replaced.filter((value) => !known.includes(value)).map((value) => `has replaced ${value} unseen`),
  ];
}

/** Whether the write is what the edit wanted. */
export function isOf({ id, before, after }: EffectiveWrite, { key, path, wanted }: Edit): boolean {
  return key.startsWith(`${id}/`) && textAt(after, path) === wanted && textAt(before, path) !== wanted;
}

function isSameMember(one: Edit, other: Edit): boolean {
  return one.path === other.path && one.key.split('/')[0] === other.key.split('/')[0];
}

/** @param path of SQLite, such as `$.Project.ExpectedCustomerSpend[0].Amount` */
export function textAt(body: Json | undefined, path: string): string | null {
  const steps = path.match(/[^.[\]$]+/g) ?? [];
  const value = steps.reduce<Json | undefined>((inner, step) => {
    if (isJsonArray(inner)) return inner[Number(step)];
    return isJsonObject(inner) ? inner[step] : undefined;
  }, body);
  return typeof value === 'string' ? value : null;
}

/** Versions whose news are only what this CRM has changed itself. */
export async function findOwnNews(crm: RunningCrm): Promise<readonly string[]> {
  const own = new Set((await crm.edits()).map(({ wanted }) => wanted));
  const versions = Map.groupBy(await crm.news(), ({ deal, version }) => `${crm.id} ${deal} ${version}`);
  return [...versions].flatMap(([name, changes]) =>
    changes.every(({ after }) => [...own].some((value) => has(after, value))) ? [name] : [],
  );
}

/** @param after a text, a number, or a list or an object as JSON */
function has(after: string | number | null, value: string): boolean {
  return after === value || String(after).includes(JSON.stringify(value));
}
