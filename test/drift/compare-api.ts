import { type PartnerRecordKind, partnerRecordKinds } from '../../lambdas/core/record.ts';
import { membersThatGo } from './members.ts';
import type { KnownApi } from './service-model.ts';

/** What the code of the project depends on. */
export interface OurLists {
  /** Operations that the functions call. */
  readonly calls: ReadonlySet<string>;
  /** Members that a redaction removes, as JSON Pointers; `*` is any element. */
  readonly personalData: Readonly<Record<PartnerRecordKind, readonly string[]>>;
  /** Members whose changes have topics, likewise. */
  readonly topics: Readonly<Record<PartnerRecordKind, readonly string[]>>;
}

/** Each entry is one line of the report. */
export interface ApiNews {
  readonly newOperations: readonly string[];
  readonly newValues: readonly string[];
  readonly newMembers: readonly string[];
  /** Sensitive members that a redaction keeps, whether they are new or not. */
  readonly uncovered: readonly string[];
  /** What the API had, and what our lists name, that it no longer has. */
  readonly gone: readonly string[];
}

/** Compares the API of today with what was recorded and with our lists. */
export function compareApi(today: KnownApi, known: KnownApi, ours: OurLists): ApiNews {
  const enumNames = Object.keys({ ...known.enums, ...today.enums });
  const values = (one: KnownApi, other: KnownApi) =>
    enumNames.flatMap((name) =>
      without(one.enums[name], other.enums[name]).map((value) => `${name}: ${value}`),
    );
  return {
    newOperations: without(today.operations, known.operations),
    newValues: values(today, known),
    newMembers: perKind((kind) => without(today.members[kind], known.members[kind])),
    uncovered: perKind((kind) =>
      without(today.sensitive[kind], membersThatGo(today.sensitive[kind], ours.personalData[kind])),
    ),
    gone: [
      ...without(known.operations, today.operations).map((name) =>
        ours.calls.has(name) ? `operation ${name}, which the functions call` : `operation ${name}`,
      ),
      ...values(known, today).map((value) => `value ${value}`),
      ...perKind((kind) => without(known.members[kind], today.members[kind])),
      ...perKind((kind) => idle(ours.personalData[kind], today.members[kind])).map(
        (line) => `${line}, which personal-data.ts lists`,
      ),
      ...perKind((kind) => idle(ours.topics[kind], today.members[kind])).map(
        (line) => `${line}, whose changes have a topic`,
      ),
    ],
  };
}

export function hasNews(news: ApiNews): boolean {
  return Object.values(news).some((lines: readonly string[]) => lines.length > 0);
}

function perKind(paths: (kind: PartnerRecordKind) => readonly string[]): readonly string[] {
  return partnerRecordKinds.flatMap((kind) => paths(kind).map((path) => `${kind} ${path}`));
}

/** Pointers that match no member. */
function idle(pointers: readonly string[], members: readonly string[]): readonly string[] {
  return pointers.filter((pointer) => membersThatGo(members, [pointer]).length === 0);
}

function without(some: readonly string[] = [], others: readonly string[] = []): readonly string[] {
  return some.filter((each) => !others.includes(each));
}
