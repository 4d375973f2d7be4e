import { z } from "zod";

/** What is sent to the service, as JSON Schema: closed, since an unknown field is refused. */
export function requestSchema(schema: z.ZodType) {
  return z.toJSONSchema(schema, { io: "input" });
}

/** What the service answers, as JSON Schema: open, since a field may be added at any time, and clients skip it. */
export function answerSchema(schema: z.ZodType) {
  return z.toJSONSchema(schema, {
    io: "output",
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
}
