import { serve } from "../shared/http/mod.ts";
import { program, StartError } from "../shared/service/mod.ts";
import { globalHandler } from "./composition/global_handler.ts";
import { startServices } from "./composition/start_services.ts";
import { type GlobalSettings, globalSettings } from "./settings.ts";

await program(globalSettings, async (settings, { stack, stopping, fail }) => {
  const tls = await certificateOf(settings);
  const services = await startServices(settings, stack, fail);
  stack.use(serve({
    hostname: settings.host,
    port: settings.port,
    handler: globalHandler(services, stopping),
    drainMs: settings.drainSeconds * 1000,
    ...(tls === undefined ? {} : { tls }),
  }));
});

/** @throws {StartError} if only one of the two files is named, or one can't be read */
async function certificateOf({ tlsCertFile, tlsKeyFile }: GlobalSettings) {
  if (tlsCertFile === undefined && tlsKeyFile === undefined) return undefined;
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    throw new StartError("DT_TLS_CERT_FILE and DT_TLS_KEY_FILE are only of use together");
  }
  const [cert, key] = await Promise.all([
    read("DT_TLS_CERT_FILE", tlsCertFile),
    read("DT_TLS_KEY_FILE", tlsKeyFile),
  ]);
  return { cert, key };
}

async function read(name: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new StartError(`${name} is "${path}", which can't be read`, { cause });
  }
}
