import { escapePointer, own } from './change.ts';
import { isJsonObject, type Json } from './json.ts';
import { isAtOrBelow, lastStep } from './json-pointer.ts';
import { redactPayload } from './redaction.ts';
import { isSameValue } from './same-value.ts';
import type { RecordState, Version } from './version.ts';
import { wholeView } from './whole-view.ts';

/** What AWS changes with every update of an opportunity or of an engagement. */
const changesOfAws = ['/LastModifiedDate', '/LifeCycle/NextStepsHistory', '/ModifiedAt', '/ModifiedBy'];

/** The paths of changes to explain: without those of AWS, and of how it prints a value. */
export function changesToExplain(before: RecordState, { payload, redacted }: Version): readonly string[] {
  const old = redacted ? redactPayload(before.payload) : before.payload;
  return changedPaths(wholeView(old), wholeView(payload), '').filter(
    (path) => !changesOfAws.some((each) => isAtOrBelow(path, each)),
  );
}

/** An object that appears or disappears is a change of each of its members. */
function changedPaths(before: Json | undefined, after: Json | undefined, path: string): readonly string[] {
  const [from, to] = [before ?? {}, after ?? {}];
  if (!isJsonObject(from) || !isJsonObject(to))
    return isSameValue(before, after, lastStep(path)) ? [] : [path];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) =>
    changedPaths(own(from, name), own(to, name), `${path}/${escapePointer(name)}`),
  );
}
