/**
 * A reason why a program can't start, which its operator can remove: a taken port, a missing key, a damaged file.
 * `program` shows the message alone, on one line, and exits with code 2.
 */
export class StartError extends Error {
  override readonly name = "StartError";
}
