import { knownCatalogs } from '../../../lambdas/core/catalogs.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { type Topic, topics } from '../../../lambdas/core/message-type.ts';
import { makeSample } from '../../../lambdas/core/sample-version.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { isWanted } from '../../../lambdas/core/wanted.ts';

/** The sample of an endpoint that wants everything. */
const usualTopic: Topic = 'opportunity.updated';

/**
 * Returns the first type or topic whose sample an endpoint wants, undefined if it wants none. A
 * sample stands for records of the catalogs that the endpoint wants.
 */
export function chooseTopic(endpoint: Endpoint, now: Instant): Topic | undefined {
  return [usualTopic, ...topics].find((topic) => wantsSample(endpoint, makeSample(topic, now)));
}

/** Whether an endpoint would want a sample if the sample were of one of its catalogs. */
export function wantsSample(endpoint: Endpoint, sample: Version): boolean {
  const catalogs = endpoint.catalogs.length > 0 ? endpoint.catalogs : knownCatalogs;
  return catalogs.some((catalog) =>
    isWanted(endpoint, { ...sample, catalog, payload: { ...sample.payload, Catalog: catalog } }),
  );
}
