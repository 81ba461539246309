/** Milliseconds since 1970. The one way for a use case to learn the time. */
export interface Clock {
  nowMs(): number;
}
