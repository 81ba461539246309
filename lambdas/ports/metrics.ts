/** Counts for alarms and dashboards. Names are declared in the contract of the function that counts. */
export interface Metrics<Name extends string> {
  count(name: Name, howMany?: number): void;
  /** A level, not a sum: what was true when it was told. */
  gauge(name: Name, level: number): void;
}
