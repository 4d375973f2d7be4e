import { logger } from "../../shared/log/mod.ts";
import type { MediaSettings } from "../settings.ts";
import { announcedProblem, answersByTcp } from "./announced_problem.ts";

/** Warns in the log when browsers can't reach the announced address. The handler starts all the same. */
export async function warnOfUnreachable(
  { host, publicHost, rtcPort }: Pick<MediaSettings, "host" | "publicHost" | "rtcPort">,
): Promise<void> {
  const own = Deno.networkInterfaces();
  const problem = await announcedProblem({ host, publicHost, port: rtcPort, own, answers: answersByTcp });
  if (problem !== undefined) logger("self_test").warn("media may not get through", { problem });
}
