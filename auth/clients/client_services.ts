import type { ActorRef } from "../../shared/actor/mod.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { OrganizationServices } from "../organizations/organization_services.ts";
import type { ClientDirectory } from "./client_directory.ts";

/** What it takes to manage the services that may ask for tokens, and to know one by its secret. */
export interface ClientServices extends OrganizationServices {
  readonly keyring: Keyring;
  readonly clientDirectory: ActorRef<typeof ClientDirectory>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}
