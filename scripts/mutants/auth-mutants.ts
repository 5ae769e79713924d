import { inFile, type Mutant } from './mutant.ts'

const TOKEN = 'src/api/auth/access-token.ts'
const AUTHENTICATE = 'src/api/auth/authenticate.ts'
const SESSIONS = 'src/api/auth/sessions.ts'
const SESSIONS_STORE = 'src/api/auth/sessions-store.ts'
const SIGNING_IN = 'src/api/auth/signing-in.ts'
const ROUTES = 'src/api/auth/sign-in-routes.ts'

const tokens = inFile('test/api/auth-tokens.test.ts')
const sessions = inFile('test/api/auth-sessions.test.ts')
const sessionsOfUser = inFile('test/api/auth-sessions-of-user.test.ts')

/** One edit, by which one mistake is made. */
const edit = (file: string, find: string, replace = '') => ({ file, find, replace })

const tokenMutants: readonly Mutant[] = [
  {
    name: 'token-audience: a token for another service is believed',
    edits: [edit(TOKEN, 'audience: settings.tokens.audience,')],
    test: tokens('when it is for another audience'),
  },
  {
    name: 'token-type: an ID token is taken for an access token',
    edits: [
      edit(TOKEN, `typ: 'at+jwt',`),
      edit(TOKEN, 'audience: settings.tokens.audience,'),
      edit(TOKEN, 'requiredClaims: REQUIRED,', 'requiredClaims: REQUIRED.slice(0, 1),'),
    ],
    test: tokens('when it is the ID token of somebody'),
  },
  {
    name: 'token-age: a token is believed as long as its issuer likes',
    edits: [edit(TOKEN, 'maxTokenAge: settings.tokens.secondsMax,')],
    test: tokens('when it has expired, or is older than tokens may be'),
  },
  {
    name: 'token-key: a token brings the key to check it by',
    edits: [
      edit(
        TOKEN,
        'await jwtVerify(token, keys, {',
        'await jwtVerify(token, (head) => (head?.jwk ? importJWK(head.jwk, "RS256") : keys(head)) as never, {',
      ),
      edit(TOKEN, 'import { errors, jwtVerify }', 'import { errors, importJWK, jwtVerify }'),
    ],
    test: tokens('when it brings its own key'),
  },
  {
    name: 'token-unsigned: what a token says is believed without its signature',
    edits: [
      edit(
        TOKEN,
        'const { payload } = await jwtVerify(',
        'const { payload } = { payload: decodeJwt(token) } ?? await jwtVerify(',
      ),
      edit(TOKEN, 'import { errors, jwtVerify }', 'import { decodeJwt, errors, jwtVerify }'),
    ],
    test: tokens('when another key signed it'),
  },
  {
    name: 'token-officer: an account of an officer comes in as a machine',
    edits: [edit(AUTHENTICATE, `user?.kind !== 'service'`, 'user === null')],
    test: tokens('whose account is an officer'),
  },
  {
    name: 'token-disabled: a disabled machine comes in with the token it has',
    edits: [edit(AUTHENTICATE, ' || user.disabled')],
    test: tokens('that is disabled is nobody'),
  },
  {
    name: 'token-or-cookie: a bad token is made up for by a cookie',
    edits: [
      edit(
        AUTHENTICATE,
        'authorization === undefined ? byCookie(deps, cookie) : byToken(deps, authorization)',
        'authorization === undefined ? byCookie(deps, cookie) : byToken(deps, authorization).then((found) => found ?? byCookie(deps, cookie))',
      ),
    ],
    test: tokens('when it is bad and a good cookie comes with it'),
  },
]

const LIVE = 'where s.secret_hash = ${secretHash} and s.ended_at is null'

const sessionMutants: readonly Mutant[] = [
  {
    name: 'session-idle: a session lives as long as it may, however idle',
    edits: [
      edit(
        SESSIONS_STORE,
        `${LIVE} and \${at} < s.ends_at and \${at} < s.seen_at + make_interval(secs => s.idle_seconds)`,
        `${LIVE} and \${at} < s.ends_at`,
      ),
    ],
    test: sessions('ends when it lies idle for half an hour'),
  },
  {
    name: 'session-absolute: a session that is used never ends',
    edits: [
      edit(
        SESSIONS_STORE,
        `${LIVE} and \${at} < s.ends_at and \${at} < s.seen_at`,
        `${LIVE} and \${at} < s.seen_at`,
      ),
    ],
    test: sessions('ends ten hours after it began'),
  },
  {
    name: 'session-treasury: sessions that move money lie idle as long as others',
    edits: [
      edit(
        SESSIONS,
        'money ? limits.treasuryIdleSeconds : limits.idleSeconds',
        'limits.idleSeconds',
      ),
    ],
    test: sessions('of a role that moves money'),
  },
  {
    name: 'session-tomorrow: a session runs over midnight into a role that moves money',
    edits: [edit(SESSIONS_STORE, `daterange(day, day + 1, '[]')`, `daterange(day, day, '[]')`)],
    test: sessions('over midnight'),
  },
  {
    name: 'session-roles: a session outlives a change of roles',
    edits: [
      edit(
        SESSIONS_STORE,
        'and u.disabled_at is null and u.version = s.user_version` return row ?? null',
        'and u.disabled_at is null`; return row ?? null',
      ),
    ],
    test: sessions('when its user’s roles change'),
  },
  {
    name: 'session-disabled: a disabled user stays signed in',
    edits: [
      edit(
        SESSIONS_STORE,
        'and u.disabled_at is null and u.version = s.user_version` return row ?? null',
        'and u.version = s.user_version`; return row ?? null',
      ),
    ],
    test: sessions('when its user is disabled'),
  },
  {
    name: 'session-left: signing out takes the cookie and leaves the session',
    edits: [
      edit(
        ROUTES,
        'await deps.db.transact(act, (tx) => endOwnSession(tx, secret, at))',
        'void [act, endOwnSession, at]',
      ),
    ],
    test: sessions('is over once its user signs out'),
  },
  {
    name: 'session-clear: the table keeps what the browser holds',
    edits: [
      edit(
        SESSIONS,
        `return createHash('sha256').update(secret).digest()`,
        `return createHash ? Buffer.from(secret, 'base64url') : Buffer.alloc(0)`,
      ),
    ],
    test: sessionsOfUser('does not hold what a browser holds'),
  },
  {
    name: 'session-many: who signs in at once has more sessions than they may',
    edits: [edit(SIGNING_IN, 'await logins.lockUser(tx, person.id)')],
    test: sessionsOfUser('are five at the most however many begin at once'),
  },
  {
    name: 'session-anybody: a user ends the session of another',
    edits: [
      edit(SESSIONS, 'if (!living.some(({ id }) => id === ask.id)) {', 'if (living.length > 99) {'),
    ],
    test: sessionsOfUser('are listed masked, and ended'),
  },
  {
    name: 'session-revived: what has ended may live again',
    edits: [
      edit(
        'prisma/migrations/0021_sessions/migration.sql',
        'if old.ended_at is not null or new.seen_at',
        'if new.seen_at',
      ),
    ],
    test: sessionsOfUser('lets nobody bring a session back to life'),
  },
]

/** Mistakes at the door: each would let in, or keep in, somebody who is not who they say, or is told to leave. */
export const authMutants: readonly Mutant[] = [...tokenMutants, ...sessionMutants]
