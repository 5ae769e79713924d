import type { LocalDate } from '../lib/time.ts'
import type { CommuneRow } from '../registry/registry.ts'
import type { Agency } from './paper.ts'

/** A people’s committee has no office above it on its papers (Decree 30/2020 App. I). */
export const committeeOf = ({ fullName }: Pick<CommuneRow, 'fullName'>): Agency => ({
  superior: null,
  name: `ỦY BAN NHÂN DÂN\n${fullName.toLocaleUpperCase('vi')}`,
  place: fullName.replace(/^(Phường|Xã|Thị trấn) /, ''),
})

/** The city under the government takes the province’s place, and health labour’s (domain.md §1, §3). */
const CITY_SINCE = '2025-01-01'
const HEALTH_SINCE = '2025-07-01'

/** The department that answers for social assistance in the province on a day. */
export const departmentOn = (day: LocalDate): Agency => ({
  superior:
    day < CITY_SINCE ? 'ỦY BAN NHÂN DÂN\nTỈNH THỪA THIÊN HUẾ' : 'ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HUẾ',
  name: day < HEALTH_SINCE ? 'SỞ LAO ĐỘNG - THƯƠNG BINH\nVÀ XÃ HỘI' : 'SỞ Y TẾ',
  place: day < CITY_SINCE ? 'Thừa Thiên Huế' : 'Huế',
})
