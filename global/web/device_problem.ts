import type { DeviceKind } from "./local_tracks.ts";

export interface DeviceFailure {
  kinds: readonly DeviceKind[];
  cause: unknown;
}

/** The name of the error with which the browser refused a device (W3C Media Capture and Streams, §10.3). */
export function reasonOf(cause: unknown): string {
  return typeof cause === "object" && cause !== null && "name" in cause ? String(cause.name) : "";
}

const DENIED_BY_SYSTEM = "DeniedBySystem";

/** By its message alone, Chromium tells the refusal of the computer's own privacy settings from its own. */
function isDeniedBySystem(cause: unknown): boolean {
  return reasonOf(cause) === "NotAllowedError" && cause instanceof Error && /by system/i.test(cause.message);
}

function systemWords(what: string): string {
  return `Your computer's own privacy settings keep this browser from ${what}. ` +
    "Allow it there, then restart the browser.";
}

/** Why devices couldn't be opened; of several that failed alike it is said once. */
export function deviceProblem(failures: readonly DeviceFailure[]): string | undefined {
  const byReason = Map.groupBy(
    failures,
    ({ cause }) => isDeniedBySystem(cause) ? DENIED_BY_SYSTEM : reasonOf(cause),
  );
  const sentences = [...byReason].map(([reason, group]) => {
    const kinds = group.flatMap(({ kinds }) => kinds);
    switch (reason) {
      case DENIED_BY_SYSTEM:
        return systemWords(`your ${kinds.join(" and ")}`);
      case "NotAllowedError":
        return `Your browser does not let this page use your ${
          kinds.join(" and ")
        }. Allow it in the address bar.`;
      case "NotFoundError":
      case "OverconstrainedError":
        return `No ${kinds.join(" and no ")} was found.`;
      case "NotReadableError":
        return `Another program uses your ${kinds.join(" and ")}. Close it and try again.`;
      default:
        return `Your ${kinds.join(" and ")} could not be opened.`;
    }
  });
  return sentences.length > 0 ? sentences.join(" ") : undefined;
}

/** Why a screen couldn't be shared; undefined where the browser's chooser was closed, which is an answer and no error. */
export function screenProblem(cause: unknown): string | undefined {
  if (isDeniedBySystem(cause)) return systemWords("your screen");
  if (reasonOf(cause) === "NotAllowedError") return undefined;
  return "Your screen could not be shared. Try again, or choose another window.";
}

/** Of a camera that is open and gives no picture. */
export const WITHHELD =
  "Your camera gives no picture: something else may be using it. It goes on as soon as it can.";

/** That devices which were in use are gone, or are there again: they open when they are asked for. */
export function disconnection(
  lost: readonly DeviceKind[],
  back: ReadonlySet<DeviceKind>,
): string | undefined {
  if (lost.length === 0) return undefined;
  const gone = lost.filter((kind) => !back.has(kind));
  const named = gone.length > 0 ? gone : lost;
  const end = gone.length > 0 ? "disconnected." : "disconnected, and can be switched on again.";
  return `Your ${named.join(" and ")} ${named.length > 1 ? "were" : "was"} ${end}`;
}
