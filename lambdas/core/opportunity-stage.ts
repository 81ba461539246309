/** Stages of AWS's model in which an opportunity has not ended. */
export const openStages = [
  'Prospect',
  'Qualified',
  'Technical Validation',
  'Business Validation',
  'Committed',
] as const;

export const endedStages = ['Launched', 'Closed Lost'] as const;

export function isEndedStage(stage: string | undefined): boolean {
  return endedStages.some((ended) => ended === stage);
}
