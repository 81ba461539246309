import { knownCatalogs } from '../core/catalogs.ts';
import { commandIdOf, commandKeyOf } from '../core/command-state.ts';
import { commandStateOf, lineKeyOf } from '../core/command-version.ts';
import { isJsonArray, type JsonObject } from '../core/json.ts';
import { isSameJson } from '../core/json-text.ts';
import type { RecordState } from '../core/version.ts';
import type { CommandStore, StoredContent } from '../ports/command-store.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { followerKey } from './expand-request.ts';
import { type Refused, refuse } from './refusal.ts';

/** A request as it came. */
export interface Asked {
  readonly client: string;
  readonly key: string;
  /** Without `check`. */
  readonly body: JsonObject;
}

export interface FindCommandDeps {
  readonly records: Pick<RecordStore, 'current'>;
  readonly commands: Pick<CommandStore, 'content'>;
}

export type Repeated =
  | { readonly kind: 'repeated'; readonly command: RecordState; readonly followers: readonly RecordState[] }
  | Refused;

/** Finds the command of a client with this key, in any catalog. */
export async function findRepeated(asked: Asked, deps: FindCommandDeps): Promise<Repeated | undefined> {
  const command = await findCommand(commandIdOf(asked.client, asked.key), deps);
  return command && compareRequest(asked, command, deps);
}

export async function findCommand(
  commandId: string,
  { records }: Pick<FindCommandDeps, 'records'>,
): Promise<RecordState | undefined> {
  const keys = knownCatalogs.map((catalog) => commandKeyOf({ catalog }, commandId));
  const found = await Promise.all(keys.map((key) => records.current(key)));
  return found.find((each) => each !== undefined);
}

/** A request whose content is gone cannot be compared: then the key alone decides. */
export async function compareRequest(
  asked: Asked,
  command: RecordState,
  deps: FindCommandDeps,
): Promise<Repeated> {
  const { key, body } = asked;
  const content = await readContent(command, deps);
  if (!content || isSameJson(content.body, body))
    return { kind: 'repeated', command, followers: await findFollowers(asked, deps) };
  const message = `the key ${key} belongs to another request of this client, ${command.id}; allowed: a new key, or the same request`;
  return refuse('key-reused', message);
}

/** The commands that a request asks for besides its first one. */
async function findFollowers(
  { client, key, body }: Asked,
  deps: FindCommandDeps,
): Promise<readonly RecordState[]> {
  const { followedBy } = body;
  const keys = isJsonArray(followedBy) ? followedBy.map((_follower, index) => followerKey(key, index)) : [];
  const found = await Promise.all(keys.map((each) => findCommand(commandIdOf(client, each), deps)));
  return found.flatMap((each) => (each ? [each] : []));
}

/** Looks again at the command if there is none: it can have moved since its read. */
export async function readContent(
  command: RecordState,
  deps: FindCommandDeps,
): Promise<StoredContent | undefined> {
  const found = await contentOf(command, deps);
  if (found) return found;
  const again = await deps.records.current(command);
  return again && contentOf(again, deps);
}

function contentOf(
  command: RecordState,
  { commands }: Pick<FindCommandDeps, 'commands'>,
): Promise<StoredContent | undefined> {
  return commands.content(lineKeyOf(command), commandStateOf(command).number);
}
