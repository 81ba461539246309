import { randomBytes } from 'node:crypto';

/** 256 random bits, in letters that a URL takes as they are. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}
