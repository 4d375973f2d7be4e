import { assertEquals } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { Acceptor } from "../../../shared/http/mod.ts";
import { makeCertificate, servedCertificate } from "../../tls/certificates.ts";

async function certificateIn(folder: string) {
  const { certFile, keyFile } = await makeCertificate(folder);
  return { cert: await Deno.readTextFile(certFile), key: await Deno.readTextFile(keyFile) };
}

Deno.test("shard's listener › serves with the certificate that it was given last", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-tls-" });
  const [first, second] = [await certificateIn(`${folder}/a`), await certificateIn(`${folder}/b`)];
  const options = { hostname: "127.0.0.1", port: 0, handshakeMs: 1_000, onAccepted() {}, onReady() {} };
  const acceptor = await Acceptor.listen({ ...options, tls: first });
  try {
    const fingerprints = [first, second].map(({ cert }) => new X509Certificate(cert).fingerprint256);
    assertEquals(await servedCertificate(acceptor.port), fingerprints[0]);
    acceptor.useCertificate(second);
    assertEquals(await servedCertificate(acceptor.port), fingerprints[1]);
  } finally {
    acceptor.close();
    await Deno.remove(folder, { recursive: true });
  }
});
