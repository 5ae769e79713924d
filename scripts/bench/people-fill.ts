import type pg from 'pg'
import { foldText } from '../../src/registry/person-name.ts'

export const COMMUNES = 141
const CHUNK = 500_000

/** A word of names with its share: families in per mille of the people (Nguyễn about 38 %), others by rank. */
interface Word {
  readonly word: string
  readonly weight: number
}

const FAMILIES =
  'Nguyễn 384 Trần 110 Lê 95 Phạm 70 Hoàng 51 Phan 45 Võ 39 Đặng 21 Bùi 20 Đỗ 14 Hồ 13 Ngô 13 Dương 10 Lý 5 ' +
  'Đào 9 Trương 9 Đinh 9 Lâm 7 Mai 6 Cao 6 Hà 6 Đoàn 6 Trịnh 5 Lưu 4 Tạ 4 Châu 4 Tôn 3 Thái 3 Chu 2 Quách 2 La 2 ' +
  'Văn 2 Kiều 1 Ông 1 Ưng 1 Vy 1 Ăng 1 Ung 1'
const MIDDLES =
  'Thị Văn Thị Văn Thị Đình Ngọc Thanh Xuân Quang Hữu Minh Thu Kim Hồng Đức Công Mỹ Quốc Phương Như Bá Viết Anh Tuấn ' +
  'Hải Khánh Bích Hoài Diệu Gia Bảo Trọng Thế Duy Nhật Tấn Phước Tường Thùy Vĩnh Nguyên Đăng Hoàng Lệ Cẩm Hà Trúc Uyên'
const GIVEN =
  'Anh Hương Hùng Linh Hoa Dũng Lan Thảo Tuấn Hà Minh Nam Trang Hải Hạnh Hằng Sơn Mai Thủy Hiền Bình Hòa Cường Long Phương ' +
  'Nga Thanh Ngọc Trung Quang Đức Yến Vân Tâm Thắng Giang Hồng Dung Huệ Nhung Liên Tú Tùng Phúc Loan Kiên Khánh Thành Hiếu Duy ' +
  'Xuân Tuyết Thu Chi Châu Vy Quân Nhi My Ngân Huy Quỳnh Trâm Đạt Oanh Mỹ Thương Trinh Hậu Đào Tiến Lợi Diễm Nguyệt Vinh Bích ' +
  'Sáng Toàn Quý Tín Lộc Cúc Sen Đông Hường Khoa Trí Phượng An Diệp Thịnh Đạo Ánh Ân Kiều Sương Tân Thoa Nhân Vũ Việt Hưng Gấm ' +
  'Đoan Uyên Ý Êm Ơn Út Vỹ Khuê Ấm Ưng'

/** Rare given names made of an onset and a rhyme, as the thousand seldom ones of a real register. */
function rareNames(): readonly string[] {
  const onsets = 'B C Ch D Đ G Gi H K Kh L M N Ng Nh Ph Qu R S T Th Tr V X'.split(' ')
  const rhymes = 'an áng ên ích ôn ợi ủ uông ước yểm iêm ẩm oai oát ậu ết'.split(' ')
  return onsets.flatMap((onset) => rhymes.map((rhyme) => onset + rhyme))
}

const ranked = (text: string): readonly Word[] =>
  text.split(' ').map((word, rank) => ({ word, weight: 1 / (rank + 4) }))

const VOCABULARY = {
  family: [...FAMILIES.matchAll(/(\p{L}+) (\d+)/gu)].map(([, word = '', weight]) => ({
    ...{ word, weight: Number(weight) },
  })),
  middle: ranked(MIDDLES),
  given: [...ranked(GIVEN), ...rareNames().map((word) => ({ word, weight: 0.0004 }))],
} satisfies Record<string, readonly Word[]>

/** The words, their keys, and where each begins among a million. */
function columnsOf(words: readonly Word[]) {
  const total = words.reduce((sum, { weight }) => sum + weight, 0)
  let from = 0
  const starts = words.map(({ weight }) => {
    const start = from
    from += weight
    return Math.floor((start / total) * 1_000_000)
  })
  const names = words.map(({ word }) => word.normalize('NFC'))
  return [starts, names, names.map(foldText)] as const
}

const PICK = (n: number, at: number) =>
  `width_bucket((abs(hashint8extended(i, ${String(n)})) % 1000000)::integer, $${String(at)}::integer[])`

const FILL = `
  insert into person (id, commune_id, full_name, sex, birth_date, given_name, name_key)
  select gen_random_uuid(), 1 + abs(hashint8extended(i, 4)) % ${String(COMMUNES)},
         ($4::text[])[f] || ' ' || ($7::text[])[m] || ' ' || ($10::text[])[g], 'female', date '1930-01-01' + (i % 30000)::integer,
         ($10::text[])[g], ($5::text[])[f] || ' ' || ($8::text[])[m] || ' ' || ($11::text[])[g]
    from (select i, ${PICK(1, 3)} as f, ${PICK(2, 6)} as m, ${PICK(3, 9)} as g from generate_series($1::bigint, $2::bigint) i) w`

const COMMUNES_SQL = `
  with unit as (insert into paying_unit (id, code, valid_from, name_vi) values ('474.20210701', '474', date '2021-07-01', 'Huế') returning id)
  insert into commune (code, valid_from, name_vi, kind, full_name_vi, name_ascii, paying_unit, status)
  select (19000 + i)::text, date '2021-07-01', 'Mẫu', 'xa', 'Xã Mẫu ' || i, 'Mau', unit.id, 'verified'
    from unit, generate_series(1, ${String(COMMUNES)}) i`

/** Fills a database with so many people by rule: past the face for speed, with every index and the words of the names. */
export async function fillPeople(owner: pg.Client, people: number): Promise<void> {
  await owner.query(COMMUNES_SQL)
  await owner.query(`set session_replication_role = replica; set maintenance_work_mem = '512MB'`)
  const { rows: indexes } = await owner.query<{ name: string; sql: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as sql from pg_index
      where indrelid = 'person'::regclass and not indisprimary`,
  )
  for (const { name } of indexes) await owner.query(`drop index ${name}`)
  const words = Object.values(VOCABULARY).flatMap(columnsOf)
  for (let from = 1; from <= people; from += CHUNK)
    await owner.query(FILL, [from, Math.min(from + CHUNK - 1, people), ...words])
  for (const { sql } of indexes) await owner.query(sql)
  await owner.query(
    `insert into name_word select distinct w from person, unnest(trim_array(string_to_array(name_key, ' '), 1)) w`,
  )
  await owner.query(
    `insert into given_name select distinct given_name, substring(name_key from '[^ ]+$') from person`,
  )
  await owner.query('vacuum analyze')
}
