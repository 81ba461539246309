import * as v from 'valibot';
import * as fields from './endpoint-fields.ts';
import type { ValueSchema } from './value-schema.ts';

export const webhookSchema = v.object(
  {
    url: fields.urlField.schema,
    headers: v.optional(fields.headersField.schema, {}),
    timeoutSeconds: v.optional(fields.timeoutField.schema, 15),
    caCertificate: v.exactOptional(fields.caField.schema),
    secretId: fields.secretField.schema,
  },
  ifMissing({ url: fields.urlField, secretId: fields.secretField }),
);

export const eventBusSchema = v.object({ eventBus: fields.busField.schema });

/** For endpoints that an operator defines. */
export const declaredSchema = schemaOf(listOf(fields.topicField, 1), listOf(fields.catalogField));
/** For endpoints in the table. */
export const storedSchema = schemaOf(listOf(fields.storedTopicField), listOf(fields.storedCatalogField));

/** The members besides the destination. */
function schemaOf(topics: ValueSchema<readonly string[]>, catalogs: ValueSchema<readonly string[]>) {
  return v.object(
    {
      id: fields.idField.schema,
      description: v.exactOptional(fields.descriptionField.schema),
      topics: topics.schema,
      catalogs: v.optional(catalogs.schema, []),
      filter: v.exactOptional(fields.filterField.schema),
      payload: v.optional(fields.payloadField.schema, 'full'),
      redact: v.optional(listOf(fields.redactField, 0, fields.redactLimits.members).schema, []),
      ordering: v.optional(fields.orderingField.schema, 'none'),
      ratePerSecond: v.exactOptional(fields.rateField.schema),
    },
    ifMissing({ id: fields.idField, topics }),
  );
}

function listOf<T>(
  { schema, allowed }: ValueSchema<T>,
  least = 0,
  most = Number.POSITIVE_INFINITY,
): ValueSchema<readonly T[]> {
  const message = `a list${Number.isFinite(most) ? ` of up to ${most}` : ''}, each ${allowed}`;
  const list = v.pipe(
    v.array(schema, message),
    v.minLength(least, message),
    v.maxLength(most, message),
    v.readonly(),
  );
  return { allowed: message, schema: list };
}

/** The message for a required member that is not given. */
function ifMissing(required: Readonly<Record<string, ValueSchema<unknown>>>) {
  return ({ path }: v.BaseIssue<unknown>) => required[String(path?.[0].key)]?.allowed ?? '';
}
