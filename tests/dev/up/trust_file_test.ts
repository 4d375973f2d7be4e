import { assert, assertEquals, assertMatch } from "@std/assert";
import { load } from "../../../shared/config/mod.ts";
import { serviceProcesses } from "../../../shared/dev/services.ts";
import { planOf, upSettings } from "../../../shared/dev/up/settings.ts";
import { writeTrustFile } from "../../../shared/dev/up/trust_file.ts";
import { SOME_PATHS } from "../a_plan.ts";

/** What each service trusts when `up --tls` was started with this `DENO_CERT`. */
function trusted(authorities?: string): Record<string, string | undefined> {
  const loaded = load(upSettings(1), { env: () => undefined, readFile: () => "" });
  assert(loaded.ok);
  const planned = planOf(loaded.value, "/checkout", "/", {
    tls: true,
    trustsMore: authorities !== undefined,
  });
  assert(planned.ok);
  const passedOn: Record<string, string> = authorities === undefined ? {} : { DENO_CERT: authorities };
  const processes = serviceProcesses(planned.value, SOME_PATHS, passedOn);
  return Object.fromEntries(processes.map(({ name, env }) => [name, env["DENO_CERT"]]));
}

Deno.test("up --tls › every service trusts the authorities that DENO_CERT names, and the certificate", async () => {
  const both = "/.data/tls/trusted.pem";
  assertEquals(trusted("/etc/ca.pem"), { auth: "/etc/ca.pem", global: both, meeting: both, media: both });
  const own = "/.data/tls/certificate.pem";
  assertEquals(trusted(), { auth: undefined, global: own, meeting: own, media: own });
  const folder = await Deno.makeTempDir();
  const [certFile, authorities, trustFile] = [`${folder}/a.pem`, `${folder}/b.pem`, `${folder}/c.pem`];
  await Deno.writeTextFile(certFile, "the certificate");
  const unreadable = await writeTrustFile({ certFile, authorities, trustFile });
  assertMatch(unreadable.ok ? "" : unreadable.message, /^DENO_CERT is ".*b\.pem", which can't be read: /);
  await Deno.writeTextFile(authorities, "the authorities");
  assert((await writeTrustFile({ certFile, authorities, trustFile })).ok);
  assertEquals(await Deno.readTextFile(trustFile), "the certificate\nthe authorities");
  await Deno.remove(folder, { recursive: true });
});
