/** Numbers for alarms and dashboards. Names are declared in the contract of the function that tells them. */
export interface Metrics<Count extends string, Level extends string = never> {
  /** Adds to a count. One that nobody adds to is 0. */
  count(name: Count, howMany?: number): void;
  /** What was true when it was told, in the unit that the contract says. */
  level(name: Level, value: number): void;
}
