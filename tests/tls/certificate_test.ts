import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { createTestKit } from "../../shared/actor/testing/mod.ts";
import { prepareSelfSigned } from "../../shared/dev/up/self_signed.ts";
import { createHandler, serveSecure } from "../../shared/http/mod.ts";
import { StartError } from "../../shared/service/mod.ts";
import { type Certificate, CertificateWatchActor, readCertificate } from "../../shared/tls/mod.ts";
import { makeCertificate, servedCertificate } from "./certificates.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-tls-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const filesOf = ({ certFile, keyFile }: { certFile: string; keyFile: string }) => ({
  tlsCertFile: certFile,
  tlsKeyFile: keyFile,
});

async function certificateIn(folder: string): Promise<Certificate> {
  const read = await readCertificate(filesOf(await makeCertificate(folder)));
  if (read === undefined) throw new Error("no certificate");
  return read;
}

const fingerprint = ({ cert }: Certificate) => new X509Certificate(cert).fingerprint256;

Deno.test("certificate › a pair that can't be used is one line", () =>
  withFolder(async (folder) => {
    const { tlsCertFile, tlsKeyFile } = filesOf(await makeCertificate(folder));
    const other = await makeCertificate(`${folder}/other`);
    const refused = async (cert: string | undefined, key: string | undefined) =>
      (await assertRejects(() => readCertificate({ tlsCertFile: cert, tlsKeyFile: key }), StartError))
        .message;
    assertEquals(await readCertificate({ tlsCertFile: undefined, tlsKeyFile: undefined }), undefined);
    assertMatch(await refused(tlsCertFile, undefined), /only of use together/);
    assertMatch(
      await refused(tlsCertFile, `${folder}/none`),
      /DT_TLS_KEY_FILE is ".*none", which can't be read/,
    );
    assertMatch(await refused(tlsCertFile, other.keyFile), /must be a certificate and its private key/);
    assertMatch(await refused(tlsKeyFile, tlsCertFile), /must be a certificate and its private key/);
  }));

Deno.test("certificate › a server uses another one from the next connection on, and keeps the one before if that is of no use", () =>
  withFolder(async (folder) => {
    const [first, second] = [await certificateIn(`${folder}/a`), await certificateIn(`${folder}/b`)];
    const routes = [{ method: "GET", path: "/", handler: () => new Response("here") }] as const;
    await using server = await serveSecure({
      hostname: "127.0.0.1",
      port: 0,
      handler: createHandler({ routes: [...routes] }),
      tls: first,
      folder,
    });
    using client = Deno.createHttpClient({ caCerts: [first.cert] });
    const ask = async () => await (await fetch(`https://127.0.0.1:${server.port}/`, { client })).text();
    assertEquals([await servedCertificate(server.port), await ask()], [fingerprint(first), "here"]);
    try {
      server.useCertificate({ cert: second.cert, key: first.key });
    } catch {
      // It is as good as any other answer, as long as the server goes on.
    }
    assertEquals(await servedCertificate(server.port), fingerprint(first));
    server.useCertificate(second);
    assertEquals(await servedCertificate(server.port), fingerprint(second));
    // The connection from before goes on.
    assertEquals(await ask(), "here");
  }));

Deno.test("certificate › a watch hands on a new pair, and nothing while the files don't go together", () =>
  withFolder(async (folder) => {
    const files = await makeCertificate(folder);
    const [first, second] = [await certificateIn(folder), await certificateIn(`${folder}/b`)];
    const kit = createTestKit(1);
    const scope = kit.createScope({ deadlineMs: 1_000 });
    const used: string[] = [];
    let looked = Promise.withResolvers<void>();
    scope.spawn(CertificateWatchActor, {
      files: filesOf(files),
      certificate: first,
      use(certificate) {
        used.push(fingerprint(certificate));
        looked.resolve();
      },
    });
    await Deno.writeTextFile(files.certFile, second.cert);
    await kit.advance(5_000);
    await Deno.writeTextFile(files.keyFile, second.key);
    for (const _ of [1, 2]) {
      looked = Promise.withResolvers();
      // The reading takes its own time.
      while (!(await Promise.race([looked.promise.then(() => true), kit.advance(5_000).then(() => false)])));
    }
    assertEquals(new Set(used), new Set([fingerprint(second)]));
    await kit.finish(scope.close());
  }));

Deno.test("self-signed › is kept while it has the names and time enough, and no authority over others", () =>
  withFolder(async (folder) => {
    const run = () => Promise.resolve({ success: false, code: 127, lines: [] });
    const files = await makeCertificate(folder, ["localhost", "192.0.2.7", "[::1]"]);
    const made = new X509Certificate(await Deno.readTextFile(files.certFile));
    assertEquals([made.ca, made.checkIP("192.0.2.7"), made.checkHost("localhost")], [
      false,
      "192.0.2.7",
      "localhost",
    ]);
    assertEquals(((await Deno.stat(files.keyFile)).mode ?? 0) & 0o077, 0);
    const again = (hosts: string[], days = 0) =>
      prepareSelfSigned(files, hosts, { run, now: Date.now() + days * 86_400_000 });
    assertEquals((await again(["localhost", "192.0.2.7"])).ok, true);
    assertNotEquals((await again(["localhost", "192.0.2.8"])).ok, true);
    assertEquals(await again(["localhost"], 380), {
      ok: false,
      message: "could not make a certificate: there is no openssl: apt-get install openssl",
    });
  }));

Deno.test("self-signed › is made anew where a crash left half of the pair", () =>
  withFolder(async (folder) => {
    const files = await makeCertificate(folder);
    const other = await Deno.readTextFile((await makeCertificate(`${folder}/other`)).keyFile);
    const good = await Deno.readTextFile(files.certFile);
    const halves: [file: string, content: string][] = [
      [files.certFile, ""],
      [files.certFile, good.slice(0, 200)],
      [files.keyFile, ""],
      [files.keyFile, other],
    ];
    for (const [file, content] of halves) {
      await Deno.writeTextFile(file, content);
      await makeCertificate(folder);
      assertNotEquals(await readCertificate(filesOf(files)), undefined);
    }
    await Deno.remove(files.keyFile);
    await makeCertificate(folder);
    assertNotEquals(await readCertificate(filesOf(files)), undefined);
  }));
