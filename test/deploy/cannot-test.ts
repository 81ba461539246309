/** The test cannot run on this machine. The message says what to install. */
export class CannotTest extends Error {}
