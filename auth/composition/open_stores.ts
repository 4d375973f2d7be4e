import type { DatabaseLocation, Store } from "../../shared/store/mod.ts";
import { openDatabase } from "../../shared/store/mod.ts";
import { createKeyring, decodeMasterKeys } from "../keys/keyring.ts";
import type { Keyring, MasterKeys } from "../keys/keyring.ts";
import { resealSigningKeys } from "../keys/reseal_signing_keys.ts";
import type { Settings } from "../settings.ts";
import { databaseLocation } from "../store/database_location.ts";
import { migrations } from "../store/migrations.ts";
import type { Tables } from "../store/schema.ts";
import { compileStatements } from "../store/statements.ts";
import type { Statements } from "../store/statements.ts";
import { prepareDataDir } from "./prepare_data_dir.ts";

/** AC's tables, and the keys under which its secrets lie in them. */
export interface AuthStores {
  readonly database: DatabaseLocation;
  readonly store: Store<Tables>;
  readonly statements: Statements;
  readonly masterKeys: MasterKeys;
  readonly keyring: Keyring;
}

/**
 * Opens AC's database, which is closed with `stack`, and seals the signing keys anew where the master key was replaced.
 *
 * @throws {StartError} if the folder, the database or the master key is of no use
 */
export async function openStores(
  settings: Settings,
  stack: AsyncDisposableStack,
  now: () => number,
): Promise<AuthStores> {
  const masterKeys = decodeMasterKeys(settings.masterKey, settings.masterKeyPrevious);
  const keyring = await createKeyring(masterKeys);
  await prepareDataDir(settings.dataDir, settings.issuer);
  const database = databaseLocation(settings);
  const store = stack.use(await openDatabase<Tables>(database, migrations));
  const statements = compileStatements(store);
  await resealSigningKeys(store, keyring, now());
  return { database, store, statements, masterKeys, keyring };
}
