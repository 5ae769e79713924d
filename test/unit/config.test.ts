import { describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/config.ts'

const messageOf = (env: Record<string, string | undefined>): string => {
  try {
    readConfig(env)
    return ''
  } catch (error) {
    expect(error).toMatchObject({ name: 'DomainError', kind: 'invalid', code: 'config' })
    return (error as Error).message
  }
}

describe('the settings', () => {
  test('all have a default or may be missing: the embedded engines need nothing', () => {
    expect(readConfig({})).toEqual({
      API_HOST: '127.0.0.1',
      API_PORT: 8_080,
      DATABASE_SCHEMA: 'ansinh',
      DATA_DIR: '.data',
      BANK_TRANSPORT: 'https',
      BANK_PAIN_VERSION: '001.03',
      BANK_FILE_ROWS_MAX: 500,
      BANK_BIN: '970405',
      CHANNEL_TIMEOUT_MS: 12_000,
      HUES_CALLS_AT_ONCE: 50,
      CALLBACK_HOST: '127.0.0.1',
      CALLBACK_PORT: 8_082,
      OIDC_SCOPE: 'openid vneid',
      OIDC_CLAIM_ID_NUMBER: 'id_number',
      OIDC_CLAIM_NAME: 'name',
      OIDC_CLAIM_ASSURANCE: 'assurance_level',
      OIDC_ASSURANCE_TWO: ['2'],
      API_TOKEN_SECONDS_MAX: 300,
      SESSION_IDLE_MINUTES: 30,
      SESSION_TREASURY_IDLE_MINUTES: 15,
      SESSION_HOURS: 10,
      SESSION_PER_USER: 5,
      RATE_SIGN_IN_PER_MINUTE: 60,
      RATE_USER_PER_MINUTE: 600,
      PAPER_UNSIGNED: false,
      RATE_ADDRESS_PER_MINUTE: 3_000,
      COVERAGE_FRESH_MS: 2_000,
      RATE_LOOK_UPS_PER_DAY: 1_000,
      OPS_HOST: '127.0.0.1',
      AUDIT_SYSLOG_PORT: 6_514,
      TRUSTED_PROXIES: 0,
      VERIFY_ACCOUNTS: true,
      VERIFY_AT_ONCE: 1,
      CHANNEL_FAILURES_MAX: 10,
      CHANNEL_PAUSE_MS: 30_000,
      WORKER_CONCURRENCY: 2,
      LOG_LEVEL: 'info',
      UPKEEP_EVERY_MS: 30_000,
    })
  })

  test('are missing when empty', () => {
    const empty = { DATABASE_URL: '', REDIS_URL: '', LOG_LEVEL: '', FAULT_BARRIER: '' }
    expect(readConfig({ ...empty, DATA_DIR: undefined })).toEqual(readConfig({}))
  })

  test('are taken as given, numbers as numbers', () => {
    const given = {
      DATABASE_URL: 'postgresql://owner:secret@db.example.vn:5432/ansinh',
      DATABASE_APP_URL: 'postgres://app@db.example.vn/ansinh',
      REDIS_URL: 'rediss://localhost:6379',
      BANK_URL: 'https://bank.example.vn',
      DATABASE_SCHEMA: 'hue_2026',
      FAULT_BARRIER: 'after-send:3',
    }
    const config = readConfig({ ...given, WORKER_CONCURRENCY: '8', CHANNEL_TIMEOUT_MS: '1500' })
    expect(config).toMatchObject({ ...given, WORKER_CONCURRENCY: 8, CHANNEL_TIMEOUT_MS: 1_500 })
  })

  test('hold what is known only, and cannot be changed', () => {
    const config = readConfig({ PATH: '/bin', HOME: '/root' })
    expect(config).not.toHaveProperty('PATH')
    expect(Object.isFrozen(config)).toBe(true)
  })

  test.each([
    ['DATABASE_URL', 'not an address'],
    ['DATABASE_URL', 'file:///etc/passwd'],
    ['REDIS_URL', 'ftp://localhost'],
    ['BANK_URL', 'javascript:alert(1)'],
    ['DATABASE_SCHEMA', 'An Sinh'],
    ['DATABASE_SCHEMA', 'a"; drop schema ansinh'],
    ['BANK_TRANSPORT', 'ftp'],
    ['BANK_PAIN_VERSION', '001.08'],
    ['BANK_FILE_ROWS_MAX', '10001'],
    ['BANK_BIN', '97040'],
    ['CHANNEL_TIMEOUT_MS', '0'],
    ['CHANNEL_TIMEOUT_MS', '1.5'],
    ['CHANNEL_TIMEOUT_MS', '120001'],
    ['WORKER_CONCURRENCY', 'many'],
    ['WORKER_CONCURRENCY', '33'],
    ['LOG_LEVEL', 'loud'],
    ['FAULT_BARRIER', 'after-lunch:1'],
    ['FAULT_BARRIER', 'after-send'],
    ['FAULT_BARRIER', 'after-send:0'],
    ['FAULT_BARRIER', 'after-send:1:sleep'],
    ['REDIS_CLUSTER', 'one,two'],
    ['UPKEEP_EVERY_MS', '5'],
  ])('refuse %s=%s, naming the variable', (name, value) => {
    expect(messageOf({ [name]: value })).toMatch(new RegExp(`^Cấu hình sai:\\n  ${name}: \\S`))
  })

  test('refuse with every fault at once', () => {
    const message = messageOf({ DATABASE_URL: 'x', WORKER_CONCURRENCY: '0', LOG_LEVEL: 'loud' })
    const named = message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(':')[0])
    expect(named).toEqual(['DATABASE_URL', 'WORKER_CONCURRENCY', 'LOG_LEVEL'])
  })

  test('do not repeat a value that may be a secret', () => {
    expect(messageOf({ DATABASE_URL: 'mysql://owner:s3cret@db/x' })).not.toContain('s3cret')
  })
})
