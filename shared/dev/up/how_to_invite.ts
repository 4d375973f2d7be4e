import { FIRST_ORGANIZATION } from "./data_folder.ts";

/** The line for the operator of a page that others reach: registration is closed there. */
export function howToInvite(dataDir: string, databaseElsewhere: boolean): string {
  const command = `deno task auth -- invitation create --organization ${FIRST_ORGANIZATION}`;
  return `others reach this page, so people come by invitation: ${
    databaseElsewhere ? "with this DT_DATABASE_URL, " : ""
  }DT_DATA_DIR=${dataDir}/auth ${command}`;
}
