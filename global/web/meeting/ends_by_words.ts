import type { SessionState } from "../../../shared/client/mod.ts";

const why = {
  max_duration: "it has reached its longest duration",
  no_host: "no host is here any more",
} as const;

/** Says when and why the meeting ends by itself. */
export function endsByWords({ reason, at }: NonNullable<SessionState["endsBy"]>): string {
  const time = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return `This meeting ends at ${time}: ${why[reason]}.`;
}
