import { doReadNumber, ReadingConfig } from 'read-vietnamese-number'

/** As the centre of the country writes: tỷ, lẻ (domain.md §6; both tỉ/tỷ and lẻ/linh are right). */
const AS_WRITTEN = Object.assign(new ReadingConfig(), {
  unit: ['đồng'],
  units: [[], ['nghìn'], ['triệu'], ['tỷ']],
  oddText: 'lẻ',
  negativeText: 'âm',
})

/** An amount in đồng in words: 540000 → “Năm trăm bốn mươi nghìn đồng” (Law on Accounting Art 16). */
export function inWords(amount: bigint): string {
  const words = doReadNumber(amount, AS_WRITTEN)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
