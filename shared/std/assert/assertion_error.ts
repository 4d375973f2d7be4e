/** Thrown by every assertion of this package when what it asserts does not hold. */
export class AssertionError extends Error {
  /** @param message Why the assertion failed. @param options `cause` of the failure, if there is one. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
