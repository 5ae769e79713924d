import { defineConfig } from 'prisma/config'

// `prisma generate` wants to download a schema engine that it does not use: naming any executable
// stops it (docs/adr/0004). Migrations are applied by src/lib/migrations.ts, never by Prisma.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath

export default defineConfig({ schema: 'prisma/schema.prisma' })
