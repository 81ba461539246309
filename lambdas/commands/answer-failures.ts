import { ServiceError } from '../core/service-error.ts';
import { type HttpAnswer, unavailableAnswer } from './answer.ts';

/** Answers a failure that passes. Lambda reports any other, and the API answers 500. */
export async function answerFailures(work: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.retry.kind === 'never') throw error;
    return unavailableAnswer(error.retry.afterMs);
  }
}
