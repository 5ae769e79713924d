/** One runner for every level of test, on real engines that the global set-up starts. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFiles: ['<rootDir>/test/support/use-programs.ts'],
  testSequencer: '<rootDir>/test/support/long-first.mjs',
  testTimeout: 30_000,
  // Tests wait for processes more than they compute; a worker that grew is begun anew.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
  // What kills and freezes whole processes takes minutes: .ci/run runs it apart (npm run test:faults). What asks thousands of
  // times is for whoever asks for it (npm run test:long).
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/fault/(month-kill|worker-|start)',
    '/test/long/',
  ],
}
