/**
 * Freezes a value and everything in it, so that no code can change what a fake has stored.
 * `structuredClone` would lose the class of an ExactNumber.
 */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
