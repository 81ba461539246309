import * as v from 'valibot';
import { contentSchema } from '../core/command-schema.ts';
import type { LineKey } from '../core/line.ts';
import { itemFormat } from '../core/tables.ts';
import { problemsOf } from '../core/unreadable.ts';
import { storedInstant, wholeNumber } from '../core/value-schema.ts';
import type { StoredContent } from '../ports/command-store.ts';
import { contentItemKey, unreadable } from './line-item.ts';
import { packedObject, packedPatchValues, packJson, unpackedWith } from './packed-json.ts';

const text = v.string('a text');

const request = v.object({
  catalog: text,
  target: v.exactOptional(
    v.union([v.object({ id: text }), v.object({ partnerId: text }), v.object({ command: text })]),
  ),
  basedOn: v.exactOptional(v.number()),
  onConflict: v.picklist(['fail', 'overwrite']),
  onLocked: v.picklist(['wait', 'fail']),
  after: v.exactOptional(text),
  expiresAt: storedInstant,
  note: v.exactOptional(text),
  irreversible: v.boolean(),
  check: v.boolean(),
  content: contentSchema,
});

const tokenRequest = v.object({
  body: packedObject,
  generation: wholeNumber(1, 3).schema,
  taskId: v.exactOptional(text),
  failedAt: v.exactOptional(storedInstant),
  repeatUntil: v.exactOptional(storedInstant),
});

const attributes = {
  packed: unpackedWith(
    v.object({ body: packedObject, request, base: packedPatchValues }),
    'compressed JSON with body, request and base',
  ),
  tokenRequest: v.optional(unpackedWith(tokenRequest, 'compressed JSON with body and generation')),
  awsMessages: v.optional(v.array(text, 'a list of texts')),
};
const content = v.object(attributes);

export function contentItem(key: LineKey, number: number, { body, request: asked, base }: StoredContent) {
  return {
    ...contentItemKey(key, number),
    format: itemFormat,
    packed: packJson({ body, request: asked, base }),
  };
}

/** @throws ServiceError `line.unreadable` (never). */
export function parseContent(key: LineKey, item: Readonly<Record<string, unknown>>): StoredContent {
  const parsed = v.safeParse(content, item);
  if (!parsed.success)
    throw unreadable(
      key,
      problemsOf(attributes, item).map((problem) => `${String(item['sk'])} ${problem}`),
    );
  const { packed, tokenRequest: token, awsMessages } = parsed.output;
  return { ...packed, ...(token && { tokenRequest: token }), ...(awsMessages && { awsMessages }) };
}
