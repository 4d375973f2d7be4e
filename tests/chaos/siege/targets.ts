import { z } from "zod";

/** What strangers and hostile guests know of a deployment. */
export const siegeTargets = z.object({
  origin: z.string(),
  ports: z.object({
    global: z.number(),
    auth: z.number(),
    media: z.number(),
    meeting: z.number(),
    shard: z.number(),
  }),
  /** A meeting that takes guests at once, and one with a waiting room. */
  openCode: z.string(),
  waitingCode: z.string(),
});

export type SiegeTargets = z.infer<typeof siegeTargets>;
