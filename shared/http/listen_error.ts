import { StartError } from "../service/start_error.ts";

/** Why a program can't listen, in words for its operator; the error itself where it is another one. */
export function listenError(
  error: unknown,
  { hostname, port, portSetting }: {
    readonly hostname: string;
    readonly port: number;
    readonly portSetting?: string;
  },
): unknown {
  const where = `port ${port} on ${hostname}`;
  if (error instanceof Deno.errors.AddrInUse || codeOf(error) === "EADDRINUSE") {
    const advice = portSetting === undefined ? "" : `: stop it, or set ${portSetting} to another port`;
    return new StartError(`${where} is taken by another program${advice}`, { cause: error });
  }
  const isUnavailable = error instanceof Deno.errors.AddrNotAvailable ||
    error instanceof Deno.errors.PermissionDenied || ["EADDRNOTAVAIL", "EACCES"].includes(codeOf(error));
  if (!isUnavailable) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new StartError(`can't listen on ${where}: ${reason}`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
