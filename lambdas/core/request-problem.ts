/** One problem of a request. */
export interface RequestProblem {
  /** JSON Pointer into the request; empty for the request itself. */
  readonly path: string;
  /** Describes the value, and says what is allowed. */
  readonly message: string;
}
