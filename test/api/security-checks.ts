/**
 * The 24 security checks of reliability.md D3: what each is about, and where it is tested (file, and a part of a test's name).
 * security.test.ts looks that each of these is there; a check that does not apply yet says why.
 */
export const securityChecks: readonly {
  readonly row: number
  readonly risk: string
  readonly tests: readonly (readonly [file: string, name: string])[]
  readonly not?: string
}[] = [
  {
    row: 1,
    risk: 'objects of elsewhere (IDOR), row scope',
    tests: [
      ['test/api/kernel.test.ts', 'an officer sees no list, commune or row of elsewhere'],
      ['test/api/security.test.ts', 'a thousand mixed requests'],
      ['test/api/jobs.test.ts', 'fetched by them alone'],
      ['test/integration/payouts-scope.test.ts', 'shows nothing to whoever has no scope'],
      ['test/integration/ledger-scope.test.ts', 'no scope stays on a connection of the pool'],
    ],
  },
  {
    row: 2,
    risk: 'rights of functions',
    tests: [['test/api/matrix.test.ts', 'is for the roles of the matrix alone']],
  },
  {
    row: 3,
    risk: 'rights of fields',
    tests: [
      ['test/api/kernel.test.ts', 'only what the contract names goes out'],
      ['test/integration/canary-accounts.test.ts', 'nobody sees a number without saying what for'],
    ],
  },
  {
    row: 4,
    risk: 'separation of duties',
    tests: [['test/support/duties.ts', 'no batch ever has one person in two acts']],
  },
  {
    row: 5,
    risk: 'personal data at rest',
    tests: [
      ['test/integration/canary-people.test.ts', 'no number is in a file of the database'],
      ['test/integration/canary-accounts.test.ts', 'no account number stands in the files'],
      ['test/integration/canary-imports.test.ts', 'no number is in a file of the database'],
      ['test/api/kernel.test.ts', 'a request with a key is carried out once for ever'],
      ['test/unit/vault.test.ts', 'a value altered in any byte is refused'],
    ],
  },
  {
    row: 6,
    risk: 'blind indexes',
    tests: [['test/unit/vault.test.ts', 'a blind index is of its value, its field and its key']],
  },
  {
    row: 7,
    risk: 'mass assignment',
    tests: [
      ['test/api/matrix.test.ts', 'takes nothing that its contract does not name'],
      ['test/api/security.test.ts', 'no body may bring more'],
    ],
  },
  {
    row: 8,
    risk: 'parameters that come twice',
    tests: [['test/api/kernel.test.ts', 'faults of a request are named by pointer']],
  },
  {
    row: 9,
    risk: 'tokens',
    tests: [
      ['test/api/auth-tokens.test.ts', 'when it is not signed'],
      ['test/api/auth-tokens.test.ts', 'when the public key was used as a shared secret'],
      ['test/api/auth-tokens.test.ts', 'when it brings its own key'],
      ['test/api/auth-tokens.test.ts', 'when it is for another audience'],
    ],
  },
  {
    row: 10,
    risk: 'formulas in files',
    tests: [['test/integration/exports-contents.test.ts', 'what would run as a formula is text']],
  },
  { row: 11, risk: 'XML', tests: [['test/unit/pain002.test.ts', 'a file that means harm']] },
  {
    row: 12,
    risk: 'requests that we are made to send (SSRF)',
    tests: [
      ['test/integration/outgoing.test.ts', 'a redirect is no delivery'],
      ['test/unit/outgoing-targets.test.ts', 'is refused in the settings'],
      ['test/unit/outgoing-targets.test.ts', 'a name that leads to this machine'],
    ],
  },
  {
    row: 13,
    risk: 'texts that forge papers',
    tests: [['test/api/security.test.ts', 'no text may turn or break a line']],
  },
  {
    row: 14,
    risk: 'uploads',
    tests: [
      ['test/unit/spreadsheet-guard.test.ts', 'a file is refused before anything of it is parsed'],
      ['test/unit/spreadsheet-damage.test.ts', 'dies alone of a file that needs more memory'],
    ],
  },
  {
    row: 15,
    risk: 'other sites (CSRF)',
    tests: [
      ['test/api/auth-edge.test.ts', 'without the token of its own session is refused'],
      ['test/api/auth-edge.test.ts', 'with a body of %s is refused'],
      ['test/api/whole.test.ts', 'an officer signs in, works under the session’s token'],
    ],
  },
  {
    row: 16,
    risk: 'policy of content, headers',
    tests: [['test/api/security.test.ts', 'every answer forbids what nobody needs']],
  },
  {
    row: 17,
    risk: 'storms',
    tests: [
      ['test/api/auth-edge.test.ts', 'behind one proxy are counted by the address that it saw'],
      ['test/api/security.test.ts', 'whoever looks people up all day'],
    ],
  },
  {
    row: 18,
    risk: 'logs',
    tests: [
      ['test/api/security.test.ts', 'the log has ids and no values'],
      ['test/integration/canary-people.test.ts', 'no number comes out in clear'],
    ],
  },
  {
    row: 19,
    risk: 'the audit trail tampered with',
    tests: [
      ['test/integration/audit-seal.test.ts', 'tampering is found'],
      ['test/integration/audit-seal.test.ts', 'only a head kept outside shows a tail'],
      ['test/integration/verify.test.ts', 'a history rewritten consistently'],
    ],
  },
  {
    row: 20,
    risk: 'signatures of papers',
    tests: [],
    not: 'part 5 (documents) signs papers; no route of this part gives one out',
  },
  {
    row: 21,
    risk: 'sessions',
    tests: [
      ['test/api/auth-sessions.test.ts', 'ends when it lies idle for half an hour'],
      ['test/api/auth-sessions.test.ts', 'is over once its user signs out'],
      ['test/api/auth-sessions-of-user.test.ts', 'are five at the most: a sixth ends the oldest'],
    ],
  },
  {
    row: 22,
    risk: 'secrets and supply',
    tests: [
      ['test/unit/supply.test.ts', 'every package is locked by its hash'],
      ['test/unit/auth.test.ts', 'the settings of sign-in'],
    ],
  },
  {
    row: 23,
    risk: 'beneficiaries counted out by searching',
    tests: [
      ['test/api/security.test.ts', 'whoever looks people up all day'],
      ['test/integration/people-search.test.ts', 'is refused'],
    ],
  },
  {
    row: 24,
    risk: 'pages for ourselves in the open',
    tests: [['test/api/watch.test.ts', 'nothing of it is on the public port']],
  },
]
