import type { z } from "zod";

/**
 * What mediasoup hands out, in the form in which the protocol carries it: fields that are there but undefined are
 * dropped, as they would be on the wire, and the rest is checked. Throws when mediasoup and the protocol disagree.
 */
export function wireForm<T>(schema: z.ZodType<T>, value: object): T {
  return schema.parse(JSON.parse(JSON.stringify(value)));
}
