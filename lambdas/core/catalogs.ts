/** The catalogs that Partner Central has. Events of any other catalog go to the quarantine. */
export const knownCatalogs = ['AWS', 'Sandbox'] as const;
export type Catalog = (typeof knownCatalogs)[number];

/** The catalog of test messages. Partner Central has no such catalog. */
export const testCatalog = 'Test';
