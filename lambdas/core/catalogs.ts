/** The catalogs that Partner Central has. Events of any other catalog go to the quarantine. */
export const knownCatalogs = ['AWS', 'Sandbox'] as const;
export type Catalog = (typeof knownCatalogs)[number];
