/** Blind index of a whole account number: bank code or `wallet`, a colon, the number (account-number.ts). */
export const ACCOUNT_NUMBER = 'account.number'
/** Blind index of the last four characters of an account number, for finding it by its tail. */
export const ACCOUNT_TAIL = 'account.tail4'
/** Blind index of a personal identity number (12 digits). */
export const ID_NUMBER = 'person.id-number'
/** Blind index of an old identity card's number (9 digits). */
export const OLD_ID_NUMBER = 'person.old-id-number'
/** Blind index of a person's phone number. */
export const PHONE = 'person.phone'
