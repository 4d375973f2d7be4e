import type { z } from "zod";

/**
 * Converts an object of mediasoup to the form of the protocol. Undefined fields are dropped, as JSON drops them. Throws
 * when the rest doesn't match the schema.
 */
export function wireForm<T>(schema: z.ZodType<T>, value: object): T {
  return schema.parse(JSON.parse(JSON.stringify(value)));
}
