/** What the address says besides the name of a view. */
export interface ViewProps {
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}
