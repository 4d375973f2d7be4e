export type ServiceName = "auth" | "global" | "meeting" | "media";

/** The services, in the order in which they are started. */
export const SERVICES: readonly ServiceName[] = ["auth", "global", "meeting", "media"];
