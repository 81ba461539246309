import * as v from 'valibot';
import type { Redact } from './endpoint.ts';
import * as fields from './endpoint-fields.ts';
import { isJsonArray, isJsonObject } from './json.ts';
import { ifMissing, listOf, type ValueSchema } from './value-schema.ts';

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

export const chatSchema = v.object(
  {
    format: fields.chatFormatField.schema,
    timeoutSeconds: v.optional(fields.timeoutField.schema, 15),
    secretId: fields.secretField.schema,
  },
  ifMissing({ secretId: fields.secretField }),
);

export const eventBusSchema = v.object({ eventBus: fields.busField.schema });

const redactList = listOf(fields.redactField, 0, fields.redactLimits.members);
const onlyList = listOf(fields.onlyField, 1, fields.redactLimits.members);

const redactAllowed = `${redactList.allowed}; or instead an object with one member, only: ${onlyList.allowed}`;

/** Either a list of what is left out, or an object with the list of what is sent. */
const redactSchema: v.GenericSchema<unknown, Redact> = v.lazy((given) => {
  if (isJsonArray(given)) return redactList.schema;
  return isJsonObject(given)
    ? v.strictObject({ only: onlyList.schema }, redactAllowed)
    : v.never(redactAllowed);
});

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
      redact: v.optional(redactSchema, []),
      ordering: v.optional(fields.orderingField.schema, 'none'),
      ratePerSecond: v.exactOptional(fields.rateField.schema),
      client: v.exactOptional(fields.clientField.schema),
      echo: v.exactOptional(fields.echoField.schema),
    },
    ifMissing({ id: fields.idField, topics }),
  );
}
