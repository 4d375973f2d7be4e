/** Progress of getting a worker. */
export interface WorkerEvents {
  waitingFor(what: string): void;
  count(done: number, total: number): void;
}
