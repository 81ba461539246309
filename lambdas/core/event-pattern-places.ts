import type { Field } from './event-pattern-fields.ts';
import { isJsonArray, isJsonContainer, isJsonObject } from './json.ts';

/**
 * An element of a list in an event, or the whole event. Two fields of a pattern may match in
 * elements of different lists, but not in different elements of one list. Elements in which the
 * fields find the same are one place, so that a long list has few.
 */
export interface Place {
  readonly parent: Place | undefined;
  /** Length of the path of the list. */
  readonly depth: number;
  readonly elements: readonly Place[];
  /** Fields with a value here, but not in an inner list; and those whose value matches. */
  readonly present: ReadonlySet<Field>;
  readonly matching: ReadonlySet<Field>;
  /** The same, with inner lists. */
  readonly presentInside: ReadonlySet<Field>;
  readonly matchingInside: ReadonlySet<Field>;
}

/** The fields of a pattern by path. */
interface Paths {
  readonly id: number;
  readonly depth: number;
  readonly next: Map<string, Paths>;
  readonly fields: Field[];
  /** How many fields are here or below. */
  count: number;
}

/** What the fields of one path make of a value. Values with the same verdicts share one. */
interface Finding {
  readonly id: number;
  readonly fields: readonly Field[];
  readonly matching: readonly Field[];
}

/** What is found in elements. Elements with the same findings share one. */
interface Content {
  readonly id: number;
  readonly depth: number;
  readonly findings: readonly Finding[];
  readonly elements: readonly Content[];
}

/** Returns a function that finds the places of an event. */
export function placeFinder(fields: readonly Field[]): (event: unknown) => Place {
  const paths = pathsOf(fields);
  return (event) => placeOf(contentOf(event, paths));
}

function pathsOf(fields: readonly Field[]): Paths {
  let id = 0;
  const root: Paths = { id, depth: 0, next: new Map(), fields: [], count: fields.length };
  for (const field of fields) {
    let paths = root;
    for (const [index, step] of field.path.entries()) {
      id += 1;
      const next = paths.next.get(step) ?? { id, depth: index + 1, next: new Map(), fields: [], count: 0 };
      next.count += 1;
      paths.next.set(step, next);
      paths = next;
    }
    paths.fields.push(field);
  }
  return root;
}

function contentOf(event: unknown, root: Paths): Content {
  const findings = new Map<string, Finding>();
  const findingsByValue = new Map<Paths, Map<unknown, Finding>>();
  const contents = new Map<string, Content>();

  const find = (paths: Paths, value: unknown): Finding => {
    const known = findingsByValue.get(paths) ?? new Map<unknown, Finding>();
    const finding = known.get(value);
    if (finding) return finding;
    const found = findingOf(paths, value);
    findingsByValue.set(paths, known.set(value, found));
    return found;
  };
  const findingOf = ({ id, fields }: Paths, value: unknown): Finding => {
    const matching: Field[] = [];
    let key = `${id}`;
    for (const [index, field] of fields.entries())
      if (field.matches(value)) {
        matching.push(field);
        key += `:${index}`;
      }
    const finding = findings.get(key) ?? { id: findings.size, fields, matching };
    findings.set(key, finding);
    return finding;
  };
  const visitInner = (value: unknown, paths: Paths): Content => {
    const content = { findings: new Set<Finding>(), elements: new Set<Content>() };
    visit(value, paths, content);
    return remember(paths.depth, content);
  };
  const remember = (depth: number, open: OpenContent): Content => {
    const [inner, elements] = [sorted(open.findings), sorted(open.elements)];
    const key = `${depth}:${inner.map(({ id }) => id).join()}:${elements.map(({ id }) => id).join()}`;
    const content = contents.get(key) ?? { id: contents.size, depth, findings: inner, elements };
    contents.set(key, content);
    return content;
  };
  const visit = (value: unknown, paths: Paths, open: OpenContent): void => {
    if (isJsonArray(value)) {
      for (const each of value) {
        // A list that one field passes through makes no difference.
        const isPlace = paths.count > 1 && isJsonContainer(each);
        if (isPlace) open.elements.add(visitInner(each, paths));
        else visit(each, paths, open);
      }
    } else if (isJsonObject(value)) {
      for (const name of Object.keys(value)) {
        const next = nextOf(paths, name);
        if (next) visit(value[name], next, open);
      }
    } else if (value !== undefined && paths.fields.length > 0) open.findings.add(find(paths, value));
  };
  const open = { findings: new Set<Finding>(), elements: new Set<Content>() };
  visit(event, root, open);
  return remember(-1, open);
}

interface OpenContent {
  readonly findings: Set<Finding>;
  readonly elements: Set<Content>;
}

function sorted<T extends { readonly id: number }>(items: ReadonlySet<T>): readonly T[] {
  return items.size < 2 ? [...items] : [...items].toSorted((a, b) => a.id - b.id);
}

/** A member may have dots in its name, as `a.b` of the path `a`, `b`. */
function nextOf(paths: Paths, name: string): Paths | undefined {
  if (!name.includes('.')) return paths.next.get(name);
  return name.split('.').reduce<Paths | undefined>((inner, step) => inner?.next.get(step), paths);
}

function placeOf({ depth, findings, elements }: Content, parent?: Place): Place {
  const inner: Place[] = [];
  const present = new Set(findings.flatMap(({ fields }) => fields));
  const matching = new Set(findings.flatMap((finding) => finding.matching));
  const [presentInside, matchingInside] = [new Set(present), new Set(matching)];
  const place = { parent, depth, elements: inner, present, matching, presentInside, matchingInside };
  for (const element of elements) {
    const each = placeOf(element, place);
    inner.push(each);
    for (const field of each.presentInside) presentInside.add(field);
    for (const field of each.matchingInside) matchingInside.add(field);
  }
  return place;
}
