/** The filters of the list of deals, as the address of the page and the server name them. */
export const filterNames = ['stage', 'closing', 'idle', 'customer', 'partnerId', 'sort'] as const;
export type FilterName = (typeof filterNames)[number];
