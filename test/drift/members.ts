import type { Json, JsonObject } from '../../lambdas/core/json.ts';
import { omitMembers } from '../../lambdas/core/json-pointer.ts';
import { parsePointer } from '../../lambdas/core/pointer-selection.ts';

/** The members that go if these pointers are removed from a payload. */
export function membersThatGo(paths: readonly string[], pointers: readonly string[]): readonly string[] {
  const steps = pointers.map(parsePointer);
  return paths.filter((path) => !JSON.stringify(omitMembers(payloadWith(path), steps)).includes('canary'));
}

/** A payload with one member only. */
function payloadWith(path: string): JsonObject {
  const build = ([step, ...rest]: readonly string[]): Json => {
    if (step === undefined) return 'canary';
    return step === '*' ? [build(rest)] : { [step]: build(rest) };
  };
  const [first = '', ...rest] = path.split('/').slice(1);
  return { [first]: build(rest) };
}
