/** A number in [0, 1). The one way for a use case to roll dice; jitter only, never secrets. */
export interface Random {
  next(): number;
}
