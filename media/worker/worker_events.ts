/** What getting a worker tells while it goes on. */
export interface WorkerEvents {
  waitingFor(what: string): void;
  count(done: number, total: number): void;
}
