import type { z } from "zod";
import { refuseCommon } from "./common_errors.ts";
import { validate } from "./read_json.ts";
import type { Incoming } from "./route.ts";

/**
 * Reads a request's query and checks it against a schema. Each parameter may come once: of two nobody can say which one is
 * meant.
 *
 * @throws {HttpError} 400 with details
 */
export function readQuery<T>({ url: { searchParams } }: Pick<Incoming, "url">, schema: z.ZodType<T>): T {
  const given = Object.fromEntries(searchParams);
  const repeated = Object.keys(given).filter((name) => searchParams.getAll(name).length > 1);
  if (repeated.length > 0) {
    const details = repeated.map((path) => ({ path, message: "comes more than once" }));
    throw refuseCommon("INVALID_REQUEST", { details });
  }
  return validate(given, schema);
}
