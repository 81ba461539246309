/** The only source of randomness for use cases. For jitter and worker names, never for secrets. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}
