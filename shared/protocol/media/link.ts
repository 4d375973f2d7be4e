import { z } from "zod";
import { ask, protocol } from "../../actor/mod.ts";

/** Subprotocol of the WebSocket between a meeting controller's shard and a media handler. */
export const mediaLinkSubprotocol = "darktower.media.v1";

/** The names under which each side exposes its actors on the link. */
export const mediaLinkNames = {
  session: "session",
  control: "control",
  reports: "reports",
} as const;

/** MH's side: the link itself. */
export const LinkSession = protocol({
  /** A service token that takes over before the one of the handshake expires; else MH closes the link. */
  renew: ask(z.object({ token: z.string().max(8_192) }), z.object({ expires_in_seconds: z.number() }), [
    "refused",
  ]),
});
