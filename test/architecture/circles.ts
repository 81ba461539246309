import { findImports, type SourceFile } from './source-files.ts';

type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Finds files that import themselves through other files, type-only imports included.
 * @returns the shortest circle through each such file, once: `a.ts -> b.ts -> a.ts`
 */
export function findCircles(files: readonly SourceFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const imports = new Map(
    files.map((file): [string, readonly string[]] => [
      file.path,
      findImports(file).flatMap(({ target }) => (paths.has(target) ? target : [])),
    ]),
  );
  const circles = [...paths].flatMap((path) => {
    const circle = findShortestCircle(path, imports);
    return circle === undefined ? [] : [startAtFirstName(circle)];
  });
  return [...new Set(circles.map((circle) => [...circle, circle[0]].join(' -> ')))];
}

/** Searches breadth-first from one file back to itself. */
function findShortestCircle(start: string, imports: Imports): readonly string[] | undefined {
  const visited = new Set<string>();
  const queue: (readonly string[])[] = [[start]];
  for (let trail = queue.shift(); trail; trail = queue.shift()) {
    for (const next of imports.get(trail.at(-1) ?? '') ?? []) {
      if (next === start) return trail;
      if (visited.has(next)) continue;
      visited.add(next);
      queue.push([...trail, next]);
    }
  }
  return undefined;
}

/** Rotates a circle, so that the same circle found from another file compares equal. */
function startAtFirstName(circle: readonly string[]): readonly string[] {
  const first = circle.indexOf(circle.toSorted()[0] ?? '');
  return [...circle.slice(first), ...circle.slice(0, first)];
}
