/**
 * The event protocol: the table that is made of `agent/events/`, and the types that follow from it.
 *
 * A field is written as `"integer"`, `"number"`, `"string"`, `"boolean"`, `"object"` (any JSON
 * object), the values it may take (`"idle|listening"`), a structure's name (`"LayerShare"`), or a list
 * of these (`"string[]"`); a `?` at the end means that it may be null or left out. Every event also has `type`, `id`, `at_ms`.
 */

import { CLIENT_EVENTS, LIMITS, SERVER_EVENTS, STRUCTURES } from "./events.js";

export { CLIENT_EVENTS, LIMITS, SERVER_EVENTS, STRUCTURES };

/**
 * The JavaScript type of a field of the table.
 * @template {string} T
 * @typedef {T extends `${infer U}?` ? FieldType<U> | null | undefined
 *   : T extends `${infer U}[]` ? FieldType<U>[]
 *   : T extends "integer" | "number" ? number
 *   : T extends "string" ? string
 *   : T extends "boolean" ? boolean
 *   : T extends "object" ? Record<string, unknown>
 *   : T extends keyof typeof STRUCTURES
 *     ? { [F in keyof typeof STRUCTURES[T]]: FieldType<typeof STRUCTURES[T][F] & string> }
 *   : T extends `${infer A}|${infer B}` ? A | FieldType<B> : T} FieldType
 */

/**
 * A field's name if it must (not) be there; else never.
 * @template {Record<string, string>} Fields
 * @template {keyof Fields} F
 * @template {boolean} Wanted
 * @typedef {(Fields[F] extends `${string}?` ? false : true) extends Wanted ? F : never} Needed
 */

/**
 * An event of a table, by its type.
 * @template {Record<string, Record<string, string>>} Table
 * @template {keyof Table & string} [K=keyof Table & string]
 * @typedef {K extends string
 *   ? { type: K, id: number, at_ms: number }
 *     & { [F in keyof Table[K] as Needed<Table[K], F, true>]: FieldType<Table[K][F]> }
 *     & { [F in keyof Table[K] as Needed<Table[K], F, false>]?: FieldType<Table[K][F]> }
 *   : never} EventOf
 */

/** @typedef {EventOf<typeof CLIENT_EVENTS>} ClientEvent */
/** @typedef {EventOf<typeof SERVER_EVENTS>} ServerEvent */
/**
 * @template {keyof typeof SERVER_EVENTS} K
 * @typedef {EventOf<typeof SERVER_EVENTS, K>} ServerEventOf
 */

/** @type {Record<string, (value: unknown) => boolean>} */
const PRIMITIVES = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number" && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  object: isRecord,
};

/**
 * @param {unknown} value
 * @param {string} type a field of the table
 * @returns {boolean}
 */
function matches(value, type) {
  if (type.endsWith("?")) {
    return value === null || value === undefined || matches(value, type.slice(0, -1));
  }
  if (type.endsWith("[]")) {
    return Array.isArray(value) && value.every((item) => matches(item, type.slice(0, -2)));
  }
  const primitive = PRIMITIVES[type];
  if (primitive) return primitive(value);
  if (Object.hasOwn(STRUCTURES, type)) {
    const structure = STRUCTURES[/** @type {keyof typeof STRUCTURES} */ (type)];
    return isRecord(value) && problemsOf(value, structure).length === 0;
  }
  return typeof value === "string" && type.split("|").includes(value);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {Record<string, unknown>} value
 * @param {Readonly<Record<string, string>>} fields
 * @returns {string[]} what is wrong, one line a field
 */
function problemsOf(value, fields) {
  return Object.entries(fields)
    .filter(([name, type]) => !matches(value[name], type))
    .map(([name, type]) => `${name} is not ${type}`);
}

/**
 * Checks an event of either direction against the table. Fields that it does not know are passed
 * over: a newer server may send them.
 * @param {unknown} event
 * @returns {string[]} what is wrong with it; empty when it is good
 */
export function validate(event) {
  if (!isRecord(event)) return ["not an object"];
  /** @type {Record<string, Readonly<Record<string, string>>>} */
  const table = { ...CLIENT_EVENTS, ...SERVER_EVENTS };
  const type = event.type;
  if (typeof type !== "string" || !Object.hasOwn(table, type)) return ["type is unknown"];
  const problems = problemsOf(event, {
    type: "string",
    id: "integer",
    at_ms: "number",
    ...table[type],
  });
  return problems.concat(tooLongOrShort(type, event));
}

/**
 * @param {string} type
 * @param {Record<string, unknown>} event
 * @returns {string[]}
 */
function tooLongOrShort(type, event) {
  /** @type {Record<string, Record<string, {min?: number, max: number}>>} */
  const limits = LIMITS;
  return Object.entries(limits[type] ?? {}).flatMap(([field, { min = 0, max }]) => {
    const value = event[field];
    if (typeof value !== "string" && !isRecord(value)) return [];
    const { length } = typeof value === "string" ? value : Object.keys(value);
    return length < min || length > max ? [`${field} has a bad length`] : [];
  });
}
