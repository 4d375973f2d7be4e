import { DatabaseSync } from "node:sqlite";

/** Counts the writes by which the owner of an SQLite file finds out whether it can be written. */
export function countReadinessWrites(path: string): { count(): number } & Disposable {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec("CREATE TABLE readiness_writes (at INTEGER)");
  for (const change of ["INSERT", "UPDATE"]) {
    database.exec(
      `CREATE TRIGGER readiness_${change} AFTER ${change} ON schema_migrations WHEN NEW.number = 0
        BEGIN INSERT INTO readiness_writes VALUES (0); END`,
    );
  }
  return {
    count: () => Number(database.prepare("SELECT count(*) AS writes FROM readiness_writes").get()?.writes),
    [Symbol.dispose]: () => database.close(),
  };
}
