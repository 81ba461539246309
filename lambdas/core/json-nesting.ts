import { isJsonContainer } from './json.ts';

/** How many objects and lists contain each other at most. Works at any depth, without recursion. */
export function nestingOf(value: unknown): number {
  let level: readonly unknown[] = [value].filter(isJsonContainer);
  let levels = 0;
  while (level.length > 0) {
    levels += 1;
    level = level.flatMap((each) => Object.values(Object(each))).filter(isJsonContainer);
  }
  return levels;
}
