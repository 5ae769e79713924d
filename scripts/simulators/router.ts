import { HttpError } from './input.ts'

/** Finds the handler of a path; a part of a route that begins with a colon is a parameter. */
export const router = <H>(routes: Readonly<Record<string, H>>) => {
  const table = Object.entries(routes).map(([name, handler]) => {
    const [method = '', path = ''] = name.split(' ')
    return { method, parts: path.split('/'), handler }
  })
  return (method: string, path: string) => {
    const parts = path.split('/')
    for (const route of table) {
      const fits = (part: string, i: number): boolean => part === parts[i] || part.startsWith(':')
      if (route.method !== method || route.parts.length !== parts.length) continue
      if (!route.parts.every(fits)) continue
      const params: Record<string, string> = {}
      route.parts.forEach((part, i) => {
        if (part.startsWith(':')) params[part.slice(1)] = decode(parts[i] ?? '')
      })
      return { handler: route.handler, params }
    }
    return undefined
  }
}

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new HttpError(400, `${part} is not a proper part of an address`)
  }
}
