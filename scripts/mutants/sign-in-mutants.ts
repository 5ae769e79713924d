import { inFile, type Mutant } from './mutant.ts'

const SESSIONS = 'src/api/auth/sessions.ts'
const SIGNING_IN = 'src/api/auth/signing-in.ts'
const FLOW = 'src/api/auth/code-flow.ts'
const ROUTES = 'src/api/auth/sign-in-routes.ts'
const CSRF = 'src/api/auth/csrf.ts'
const LIMITS = 'src/api/auth/rate-limits.ts'

const signIn = inFile('test/api/auth-sign-in.test.ts')
const edge = inFile('test/api/auth-edge.test.ts')
const unit = inFile('test/unit/auth.test.ts')

/** One edit, by which one mistake is made. */
const edit = (file: string, find: string, replace = '') => ({ file, find, replace })

/** Mistakes of the way over the issuer: each would sign in somebody else, or lead elsewhere. */
export const flowMutants: readonly Mutant[] = [
  {
    name: 'session-fixed: a session id that a browser brings is kept',
    edits: [
      edit(
        SESSIONS,
        `const secret = randomBytes(SECRET_BYTES).toString('base64url')`,
        `const secret = visitor.previous ?? randomBytes(SECRET_BYTES).toString('base64url')`,
      ),
    ],
    test: signIn('never keeps the session id that a browser brings'),
  },
  {
    name: 'session-old: a new sign-in leaves the old session alive',
    edits: [
      edit(SESSIONS, `await end(tx, by, { ids: [old.id], at, reason: 'renewed' })`, 'void old'),
    ],
    test: signIn('never keeps the session id that a browser brings'),
  },
  {
    name: 'flow-state: a callback is believed whoever began the sign-in',
    edits: [edit(FLOW, 'expectedState: attempt.state', 'expectedState: oidc.skipStateCheck')],
    test: signIn('with another state is refused'),
  },
  {
    name: 'flow-cookie: an attempt is used more than once',
    edits: [edit(ROUTES, `response.append('set-cookie', setCookie(ATTEMPT_COOKIE, null))`)],
    test: signIn('twice is taken once'),
  },
  {
    name: 'flow-fresh: a fresh sign-in is not asked for',
    edits: [edit(FLOW, `...(fresh && { prompt: 'login' }),`, `...(fresh && {}),`)],
    test: signIn('anew asks for proof again'),
  },
  {
    name: 'flow-proven: whoever comes by has just proven who they are',
    edits: [
      edit(
        FLOW,
        'provenAt: new Date(claims.auth_time * 1_000)',
        'provenAt: new Date(claims.auth_time * 0 + 4e12)',
      ),
    ],
    test: signIn('anew asks for proof again'),
  },
  {
    name: 'flow-return: a sign-in leads to another site',
    edits: [edit('src/api/auth/attempt.ts', '(?![/\\\\])')],
    test: unit('where a browser goes after sign-in is never'),
  },
  {
    name: 'login-second: a second account of a person is nobody',
    edits: [
      edit(SIGNING_IN, 'idIndex === null ? null : await logins.userByIdIndex(tx, idIndex)', 'null'),
    ],
    test: signIn('by a second account of one person'),
  },
  {
    name: 'login-other: an account goes on when its person became another',
    edits: [
      edit(SIGNING_IN, `if (idIndex !== null && person.idIndex !== idIndex) return 'other-person'`),
    ],
    test: signIn('by an account whose identity number became another'),
  },
  {
    name: 'log-secret: the log says what opens a session',
    edits: [
      edit(
        ROUTES,
        `deps.log.info({ event: 'sign-in.done', user: result.user })`,
        `deps.log.info({ event: 'sign-in.done', ...result })`,
      ),
    ],
    test: signIn('neither secrets nor who somebody is stand in the log'),
  },
]

/** Mistakes about what comes from elsewhere, or too often. */
export const edgeMutants: readonly Mutant[] = [
  {
    name: 'csrf-origin: a page of another origin may act',
    edits: [
      edit(
        CSRF,
        'origin === undefined || origin === publicOrigin',
        'origin !== publicOrigin + "x"',
      ),
    ],
    test: edge('is refused, whatever token it brings'),
  },
  {
    name: 'csrf-site: what a browser says of the site is not heard',
    edits: [edit(CSRF, `site === undefined || site === 'same-origin'`, `site !== 'x'`)],
    test: edge('is refused, whatever token it brings'),
  },
  {
    name: 'csrf-silent: who does not say where they come from may act',
    edits: [edit(CSRF, 'if (origin === undefined && site === undefined) return false')],
    test: edge('that does not say where it comes from'),
  },
  {
    name: 'csrf-token: the token of any session will do',
    edits: [
      edit(
        CSRF,
        'one.length === other.length && timingSafeEqual(one, other)',
        'one.length === other.length || timingSafeEqual(one, one)',
      ),
    ],
    test: edge('without the token of its own session'),
  },
  {
    name: 'csrf-type: a body that a form can send is taken',
    edits: [
      edit(
        CSRF,
        'hasBody(request) && request.is([...types]) === false',
        'hasBody(request) && types.length === 0',
      ),
    ],
    test: edge('with a body of text/plain'),
  },
  {
    name: 'csrf-logout: another site signs people out',
    edits: [edit(ROUTES, 'refuseCrossSite(deps.settings),')],
    test: edge('does not sign anybody out'),
  },
  {
    name: 'rate-spoofed: whoever claims another address is counted anew',
    edits: [
      edit(
        LIMITS,
        'return ip === undefined ?',
        `return rest.get('x-forwarded-for') !== undefined ? String(rest.get('x-forwarded-for')) : ip === undefined ?`,
      ),
      edit(
        LIMITS,
        'function addressOf({ ip }: Request): string {',
        'function addressOf(rest: Request): string { const { ip } = rest',
      ),
    ],
    test: edge('to sign in are answered 429'),
  },
  {
    name: 'rate-house: every address of a house is counted by itself',
    edits: [edit(LIMITS, `ipKeyGenerator(ip)`, `ipKeyGenerator(ip, false)`)],
    test: edge('behind one proxy are counted'),
  },
  {
    name: 'rate-user: users are counted by where they come from',
    edits: [
      edit(
        LIMITS,
        `const keyOf = (request: Request) => userOf(request) ?? ''\n  return limitOf(deps, { name: 'user'`,
        "const keyOf = addressOf\n  return limitOf(deps, { name: 'user'",
      ),
    ],
    test: edge('of one user are counted wherever they come from'),
  },
  {
    name: 'rate-closed: nobody comes in while the counter is away',
    edits: [edit(LIMITS, 'passOnStoreError: true', 'passOnStoreError: false')],
    test: edge('are counted together by processes'),
  },
]
