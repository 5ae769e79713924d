/**
 * The faults that the tests inject and survive (issue 4), and by which mistakes it is shown of each that its tests can fail.
 * CI tries all of them: `.ci/run` names them, and test/unit/mutants.test.ts compares.
 */
export const faultList: Readonly<Record<string, readonly string[]>> = {
  'kill -9 of a worker before its claim': ['fault-idle'],
  'kill -9 between claim and send': ['fault-claimed-is-unsent'],
  'kill -9 between send and record': ['fault-silent-is-unsent', 'fault-claim-late'],
  'kill -9 during the record': ['fault-recorded-is-unsent'],
  'SIGSTOP past the lock and SIGCONT': ['fault-stale'],
  'SIGTERM mid-batch': ['fault-claims-on', 'fault-drops'],
  'kill -9 and restart of PostgreSQL': ['fault-gives-up'],
  'kill -9 and restart of Redis without persistence': ['fault-rhythm-lost'],
  'kill -9 and restart of Redis with persistence': ['fault-redis-given-up'],
  FLUSHALL: ['fault-once-enqueued', 'fault-flushed'],
  'a lost LISTEN': ['fault-deaf'],
  'a lost COMMIT reply': ['fault-taken-back', 'fault-run-again'],
  'PostgreSQL frozen': ['fault-hangs'],
  'duplicate and replayed callbacks': ['callback-twice', 'wallet-replay'],
  'bad signatures': ['callback-unsigned', 'wallet-unsigned'],
  'clocks ten minutes apart': ['callback-clock', 'wallet-clock'],
  'a status file cut at any byte': ['cut-file'],
  'the same file twice': ['same-file-twice'],
  'a channel down for an hour': ['down-is-unknown', 'down-is-rejected'],
  'two workers and two sweeps at once': ['fault-both-claim'],
  '300 races of approve against cancel': ['race-approved-withdrawn'],
  '300 races of hold against claim': ['race-held-and-claimed'],
}
