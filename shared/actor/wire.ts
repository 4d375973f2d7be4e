import { z } from "zod";

/** The bounds of one envelope. The sender keeps them, and the receiver checks them. */
export const maxChain = 64;
export const maxErrorLength = 2_000;
/** The most frames of one transport message. */
export const maxFrames = 10_000;

/** The one envelope of all messages that leave an isolate. `deadline` is in milliseconds from now, `null` for none. */
const envelope = z.object({
  t: z.literal("msg"),
  id: z.number().int().positive(),
  to: z.string().max(200),
  kind: z.string().max(100),
  body: z.unknown().optional(),
  deadline: z.number().nonnegative().nullable(),
  chain: z.array(z.string().max(64)).max(maxChain).optional(),
  trace: z.string().max(100).optional(),
});

/** A message was handled; for an ask, with its outcome. */
const answer = z.object({
  t: z.literal("done"),
  id: z.number().int().positive(),
  value: z.unknown().optional(),
  error: z.object({
    code: z.string().max(64),
    message: z.string().max(maxErrorLength),
    details: z.unknown().optional(),
  })
    .optional(),
});

/** The asker no longer waits for that message. */
const cancel = z.object({ t: z.literal("cancel"), id: z.number().int().positive() });

/** Asks for the report of an actor's end, and reports it (rule A10). */
const watch = z.object({ t: z.literal("watch"), id: z.number().int().positive(), to: z.string().max(200) });
const ended = z.object({
  t: z.literal("ended"),
  id: z.number().int().positive(),
  reason: z.enum(["stopped", "crashed", "unreachable"]),
});

/** The id of the actor that is exposed as `name`, by which an ask that would wait for itself is found before it is posted. */
const exposed = z.object({ t: z.literal("exposed"), name: z.string().max(200), id: z.string().max(64) });

const frame = z.discriminatedUnion("t", [envelope, answer, cancel, watch, ended, exposed]);

/** The schema of one transport message. */
export const framesSchema = z.array(frame).max(maxFrames);

export type Envelope = z.output<typeof envelope>;
export type Answer = z.output<typeof answer>;
export type Frame = z.output<typeof frame>;
