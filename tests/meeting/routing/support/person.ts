import type { Layout, MediaSource } from "../../../../shared/protocol/mod.ts";
import type { ClientState } from "./client_state.ts";

/** A participant as the test wants them to be. */
export interface Person {
  readonly id: string;
  client: ClientState;
  /** Has not come back since a failover. */
  isHeld: boolean;
  /** Their sources, and whether each is muted. */
  readonly sending: Map<MediaSource, { paused: boolean; producerId: string | null }>;
  /**
   * Sources that the client has closed, and whose controller ended before the handler was told. The next controller goes
   * on with them, paused: a source that a resume doesn't name is paused, and not closed.
   */
  readonly leftOver: Set<MediaSource>;
  /** The sources that a host has muted. */
  readonly muted: Set<MediaSource>;
  readonly region: string | null;
  layout: Layout;
}
