/** Ids of functions in the template, which the stage knows them by. */
export const deliverId = 'WebhookDelivery/Deliver/Function';
export const reconcileId = 'Reconciliation/Reconcile/Function';
