import { type ActorContext, protocol } from "../actor/mod.ts";
import { logger } from "../log/mod.ts";
import { StartError } from "../service/start_error.ts";
import { type Certificate, type CertificateFiles, isSame, readCertificate } from "./certificate.ts";

const LOOK_MS = 5_000;

/** Nobody asks it anything. */
const CertificateWatch = protocol({});

export interface CertificateWatchInit {
  readonly files: CertificateFiles;
  /** The certificate that is used now. */
  readonly certificate: Certificate;
  /** Called at each look once the certificate was replaced: a listener that began anew has the first one again. */
  readonly use: (certificate: Certificate) => void;
}

/**
 * Looks every few seconds whether a certificate was replaced. The files are read and not watched: what renews certificates
 * replaces them by links and renames too. A pair that is being replaced doesn't fit together, and is left for the next look.
 */
export class CertificateWatchActor {
  static readonly protocol = CertificateWatch;
  readonly #init: CertificateWatchInit;
  readonly #context: ActorContext<typeof CertificateWatch>;
  #certificate: Certificate;
  #isReading = false;

  constructor(init: CertificateWatchInit, context: ActorContext<typeof CertificateWatch>) {
    this.#init = init;
    this.#context = context;
    this.#certificate = init.certificate;
  }

  onStart(): void {
    this.#context.every(LOOK_MS, () => this.#look());
  }

  #look(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    void this.#context.pipe(readIfUsable(this.#init.files), (read) => {
      this.#isReading = false;
      if (read !== undefined && !isSame(read, this.#certificate)) {
        this.#certificate = read;
        logger("tls").info("a new certificate is used");
      }
      if (this.#certificate !== this.#init.certificate) this.#init.use(this.#certificate);
    });
  }
}

async function readIfUsable(files: CertificateFiles): Promise<Certificate | undefined> {
  try {
    return await readCertificate(files);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    logger("tls").warn("the certificate can't be read; the one before stays in use", {
      reason: error.message,
    });
    return undefined;
  }
}
