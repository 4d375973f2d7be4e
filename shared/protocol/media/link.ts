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

/** MH's side: the authentication of the link itself. */
export const LinkSession = protocol({
  /** Replaces the link's service token by a fresh one. MH closes a link whose token expires. */
  renew: ask(z.object({ token: z.string().max(8_192) }), z.object({ expires_in_seconds: z.number() }), [
    "refused",
  ]),
});
