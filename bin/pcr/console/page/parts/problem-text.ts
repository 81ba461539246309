import type { ApiProblem } from '../../api.ts';

/** `since "x": not valid; allowed: …` */
export function problemText({ message, field, value, allowed }: ApiProblem): string {
  const subject = field === undefined ? '' : `${field}${value === undefined ? '' : ` ${value}`}: `;
  return `${subject}${message}${allowed === undefined ? '' : `; allowed: ${allowed}`}`;
}
