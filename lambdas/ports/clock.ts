/** The one way for a use case to learn the time, and to let some pass. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves so many milliseconds later. */
  sleep(ms: number): Promise<void>;
}
