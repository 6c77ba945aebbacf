/**
 * Reads `.avatar` files, as `render/face/bundle.py` writes them: a zip of a manifest, one block of
 * numbers and the encoded textures. What the fields mean stands in `render/face/avatar.py`.
 * Imports nothing.
 */

const FORMAT = "visavis-avatar";
const VERSION = 2;
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** @typedef {Float32Array | Int32Array | Int16Array | Int8Array} Numbers */
/**
 * An encoded picture and the part of the canvas it covers: left, top, right, bottom.
 * @typedef {{data: Uint8Array<ArrayBuffer>, box: Float32Array}} Texture
 */
/**
 * @typedef {object} Head
 * @property {Float32Array} right
 * @property {Float32Array} up
 * @property {Float32Array} forward
 * @property {number} width
 * @property {number} height
 * @property {Float32Array} pivot
 * @property {number} eye_depth
 * @property {number} chin_row
 * @property {number} crown_row
 * @property {number} cut_row
 * @property {number} centre
 */
/**
 * @typedef {object} Mesh
 * @property {Float32Array} uv
 * @property {Float32Array} rest
 * @property {Int8Array} deltas
 * @property {Float32Array} delta_scale
 * @property {Int32Array} row_start
 * @property {Int16Array} row_index
 * @property {Float32Array} row_weight
 * @property {Float32Array} head_weight
 * @property {Float32Array} breath_weight
 * @property {Float32Array} corner_alpha
 * @property {Float32Array} lid_alpha
 * @property {Int16Array} surface
 * @property {Int16Array} solid
 * @property {Int16Array} soft
 * @property {Int16Array} face
 * @property {Int16Array} seam
 * @property {Int16Array} corner
 * @property {Int16Array} lid_right
 * @property {Int16Array} lid_left
 */
/**
 * @typedef {object} Lips
 * @property {Int16Array} upper
 * @property {Int16Array} lower
 * @property {Float32Array} parted
 * @property {Float32Array} upper_thickness
 * @property {Float32Array} lower_thickness
 * @property {Int16Array} rim
 * @property {Int16Array} skin
 * @property {Float32Array} skin_weight
 * @property {Int16Array} near
 * @property {Int16Array} near_rim
 * @property {Float32Array} near_distance
 * @property {Float32Array} near_direction
 */
/**
 * @typedef {object} Eye
 * @property {"right" | "left"} side
 * @property {Int16Array} upper
 * @property {Int16Array} lower
 * @property {Float32Array} centre
 * @property {Float32Array} centre_uv
 * @property {number} width
 * @property {number} opening
 */
/**
 * @typedef {object} Sprite
 * @property {string} texture
 * @property {Float32Array} centre
 * @property {number} width
 * @property {number} height
 */
/**
 * @typedef {object} Mouth
 * @property {Sprite} upper_teeth
 * @property {Sprite} cavity
 * @property {Sprite} tongue
 * @property {Float32Array} upper_edge
 * @property {Float32Array} tongue_motion
 * @property {number} light
 */
/**
 * @typedef {object} OwnLook
 * @property {Float32Array} weights
 * @property {Int8Array} delta
 * @property {number} delta_scale
 * @property {Float32Array} rim_uv
 * @property {number} depth
 */
/**
 * @typedef {object} Bundle
 * @property {string} name
 * @property {{source: string, ai_generated: boolean, consent: string}} provenance
 * @property {[number, number]} canvas
 * @property {Head} head
 * @property {Mesh} mesh
 * @property {Lips} lips
 * @property {[Eye, Eye]} eyes
 * @property {Mouth} mouth
 * @property {Record<string, Texture>} textures
 * @property {OwnLook | null} [own]
 */

/** The file is no avatar, is damaged, or was made by a newer version. */
export class BundleError extends Error {
  /**
   * @param {"bundle_corrupt" | "bundle_too_new"} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "BundleError";
    this.code = code;
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} file
 * @returns {Promise<Bundle>}
 * @throws {BundleError}
 */
export async function readBundle(file) {
  try {
    const entries = await unzip(file);
    const manifest = JSON.parse(new TextDecoder().decode(entry(entries, "manifest.json")));
    if (manifest.format !== FORMAT) throw new Error("another format");
    if (manifest.version > VERSION)
      throw new BundleError("bundle_too_new", "The avatar was made by a newer version.");
    const block = entry(entries, "arrays.bin");
    const bundle = /** @type {Bundle} */ (numbers(manifest.avatar, block));
    for (const [name, texture] of Object.entries(bundle.textures))
      texture.data = entry(entries, `textures/${name}`);
    return bundle;
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError("bundle_corrupt", "This is no avatar file, or it is damaged.");
  }
}

/**
 * @param {Map<string, Uint8Array<ArrayBuffer>>} entries
 * @param {string} name
 */
function entry(entries, name) {
  const data = entries.get(name);
  if (!data) throw new Error(`no ${name}`);
  return data;
}

/**
 * Puts arrays where the manifest has their places.
 * @param {any} value
 * @param {Uint8Array<ArrayBuffer>} block
 * @returns {any}
 */
function numbers(value, block) {
  if (Array.isArray(value)) return value.map((item) => numbers(item, block));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.dtype === "string") return array(value, block);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, numbers(item, block)]),
  );
}

/**
 * @param {{dtype: string, shape: number[], at: number}} place
 * @param {Uint8Array<ArrayBuffer>} block
 * @returns {Numbers}
 */
function array({ dtype, shape, at }, block) {
  const count = shape.reduce((product, size) => product * size, 1);
  const start = block.byteOffset + at;
  if (dtype === "float32") return new Float32Array(block.buffer, start, count);
  if (dtype === "int32") return new Int32Array(block.buffer, start, count);
  if (dtype === "int16") return new Int16Array(block.buffer, start, count);
  if (dtype === "int8") return new Int8Array(block.buffer, start, count);
  throw new Error(`numbers of kind ${dtype}`);
}

/**
 * Reads a zip with stored and deflated entries. Each entry has a buffer of its own.
 * @param {Uint8Array<ArrayBuffer>} file
 * @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>}
 */
async function unzip(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let end = file.length - 22;
  while (view.getUint32(end, true) !== END_OF_DIRECTORY) end -= 1;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries = new Map();
  for (let index = 0; index < count; index += 1) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new Error("a broken directory");
    const method = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 20, true);
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true),
    );
    const header = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(file.subarray(at + 46, at + 46 + nameSize));
    const start =
      header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    entries.set(name, await inflate(file.slice(start, start + size), method));
    at += 46 + nameSize + extraSize + commentSize;
  }
  return entries;
}

/**
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {number} method
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function inflate(data, method) {
  if (method === STORED) return data;
  if (method !== DEFLATED) throw new Error(`compression ${method}`);
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
