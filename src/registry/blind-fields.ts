/** Blind index of a whole account number: bank code or `wallet`, a colon, the number (account-number.ts). */
export const ACCOUNT_NUMBER = 'account.number'
/** Blind index of the last four characters of an account number, for finding it by its tail. */
export const ACCOUNT_TAIL = 'account.tail4'
