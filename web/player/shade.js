/**
 * Relights the photo and moves lip texture as the face moves; the same as
 * `render/puppet/shade.py`. Imports channels and correctives.
 */

import { at } from "./channels.js";
import { along, clamp } from "./correctives.js";

/** @typedef {import("./bundle.js").Bundle} Bundle */

const LIGHT = [0.1, 0.5, 0.86];
const AMBIENT = 0.45;
const STRENGTH = 0.7;
const DARKEST = 0.82;
const BRIGHTEST = 1.1;
const TUCK_SHADE = [0.35, 0.18];
const PART_GAP = 0.035;
const PART_SHIFT = 0.017;
const CORNER_COLUMNS = 14;
const SEAM_SHADE = 0.45;
const LASH_SHADE = 0.45;
const LASH_GAP = 0.4;
const LANDMARKS = 468;
/** Landmarks that keep the photo's light: those of the eyes and of the face's outline. */
const FIXED = [
  /* eyes */ 33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7,
  263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249,
  /* outline */ 10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400,
  377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]; // prettier-ignore

/**
 * Ambient plus diffuse light of the landmarks.
 * @param {Int16Array} surface triangles of the landmarks
 * @param {Float32Array} vertices flat x, y, z
 * @param {Float32Array} terms result
 */
function lambertTerms(surface, vertices, terms) {
  const normals = new Float32Array(3 * LANDMARKS);
  for (let t = 0; t < surface.length; t += 3) {
    const [a, b, c] = [3 * surface[t], 3 * surface[t + 1], 3 * surface[t + 2]];
    const ux = vertices[b] - vertices[a];
    const uy = vertices[b + 1] - vertices[a + 1];
    const uz = vertices[b + 2] - vertices[a + 2];
    const vx = vertices[c] - vertices[a];
    const vy = vertices[c + 1] - vertices[a + 1];
    const vz = vertices[c + 2] - vertices[a + 2];
    for (const corner of [a, b, c]) {
      normals[corner] += uy * vz - uz * vy;
      normals[corner + 1] += uz * vx - ux * vz;
      normals[corner + 2] += ux * vy - uy * vx;
    }
  }
  for (let i = 0; i < LANDMARKS; i += 1) {
    const [x, y, z] = normals.subarray(3 * i, 3 * i + 3);
    const facing = (x * LIGHT[0] + y * LIGHT[1] + z * LIGHT[2]) / (Math.hypot(x, y, z) + 1e-6);
    terms[i] = AMBIENT + (1 - AMBIENT) * clamp(facing, 0, 1);
  }
}

/** Brightness and texture places of one bundle's vertices. Its arrays are reused. */
export class Shader {
  /** Brightness of each vertex, 1 as photographed. */
  shade;
  /** Texture places, canvas pixels, flat x, y. */
  uv;
  #bundle;
  #rest = new Float32Array(LANDMARKS);
  #ratio = new Float32Array(LANDMARKS);
  #opened;

  /** @param {Bundle} bundle */
  constructor(bundle) {
    this.#bundle = bundle;
    this.shade = new Float32Array(bundle.mesh.rest.length / 3);
    this.uv = bundle.mesh.uv.slice();
    this.#opened = new Float32Array(bundle.lips.parted.length);
    lambertTerms(bundle.mesh.surface, bundle.mesh.rest, this.#rest);
  }

  /**
   * @param {Float32Array} values of the motion
   * @param {Float32Array} vertices under the expression
   * @param {number} purse how pursed the lips are
   */
  update(values, vertices, purse) {
    this.#relight(vertices);
    this.#shadeSeam(vertices);
    for (const eye of this.#bundle.eyes) this.#shadeLashes(eye, vertices);
    const { lips } = this.#bundle;
    const tuck = at(values, "tuck");
    const columns = lips.parted.length;
    if (tuck > 0.01)
      for (let i = 0; i < 2 * columns; i += 1)
        this.shade[lips.lower[i]] *= 1 - TUCK_SHADE[i < columns ? 0 : 1] * tuck;
    this.#moveTexture(vertices, purse);
  }

  /** @param {Float32Array} vertices */
  #relight(vertices) {
    const { surface, row_start, row_index, row_weight } = this.#bundle.mesh;
    const ratio = this.#ratio;
    lambertTerms(surface, vertices, ratio);
    for (let i = 0; i < LANDMARKS; i += 1) {
      const soft = 1 + STRENGTH * (ratio[i] / this.#rest[i] - 1);
      ratio[i] = clamp(soft, DARKEST, BRIGHTEST) - 1;
    }
    for (const i of FIXED) ratio[i] = 0;
    for (let i = 0; i < this.shade.length; i += 1) {
      let change = 0;
      for (let k = row_start[i]; k < row_start[i + 1]; k += 1)
        change += row_weight[k] * ratio[row_index[k]];
      this.shade[i] = Math.abs(change) > 1 / 512 ? 1 + change : 1;
    }
  }

  /** @param {Float32Array} vertices */
  #shadeSeam(vertices) {
    const { lips, head } = this.#bundle;
    for (let k = 0; k < lips.parted.length; k += 1) {
      if (lips.parted[k] <= 0) continue;
      const gap = along(vertices, lips.upper[k], lips.lower[k], head.up);
      const touching = 1 - clamp(gap / (PART_GAP * head.width), 0, 1);
      const factor = 1 - SEAM_SHADE * lips.parted[k] * touching;
      this.shade[lips.upper[k]] *= factor;
      this.shade[lips.lower[k]] *= factor;
    }
  }

  /**
   * @param {import("./bundle.js").Eye} eye
   * @param {Float32Array} vertices
   */
  #shadeLashes({ upper, lower }, vertices) {
    const { mesh, head } = this.#bundle;
    for (let k = 1; k < upper.length - 1; k += 1) {
      const rest = along(mesh.rest, upper[k], lower[k], head.up);
      const gap = along(vertices, upper[k], lower[k], head.up);
      const closed = 1 - clamp(gap / Math.max(LASH_GAP * rest, 1e-3), 0, 1);
      this.shade[upper[k]] *= 1 - LASH_SHADE * closed;
      this.shade[lower[k]] *= 1 - 0.5 * LASH_SHADE * closed;
    }
  }

  /**
   * @param {Float32Array} vertices
   * @param {number} purse
   */
  #moveTexture(vertices, purse) {
    const { mesh, lips, head } = this.#bundle;
    const { uv } = this;
    uv.set(mesh.uv);
    const columns = lips.parted.length;
    for (let k = 0; k < columns; k += 1) {
      const gap = along(vertices, lips.upper[k], lips.lower[k], head.up);
      this.#opened[k] = clamp(gap / (PART_GAP * head.width), 0, 1);
    }
    for (const half of [lips.upper, lips.lower]) {
      if (purse > 0.05) this.#slideCorners(half, purse);
      for (let k = 0; k < columns; k += 1) {
        const [inner, outer] = [2 * half[k], 2 * half[columns + k]];
        const dx = mesh.uv[outer] - mesh.uv[inner];
        const dy = mesh.uv[outer + 1] - mesh.uv[inner + 1];
        const way = (this.#opened[k] * PART_SHIFT * head.width) / (Math.hypot(dx, dy) + 1e-3);
        uv[inner] += dx * way;
        uv[inner + 1] += dy * way;
      }
    }
  }

  /**
   * @param {Int16Array} half
   * @param {number} purse
   */
  #slideCorners(half, purse) {
    const rest = this.#bundle.mesh.uv;
    const width = this.#opened.length;
    const last = width - 1;
    const columns = Math.min(CORNER_COLUMNS, width >> 1);
    for (let ring = 0; ring < 3; ring += 1) {
      const keep = [0.2, 0.3, 0.5][ring];
      const gain = [0.8, 0.6, 0.1][ring];
      for (let k = 0; k < columns; k += 1) {
        const fade = purse * (1 - k / columns) ** 0.8;
        for (const [own, source] of [
          [k, columns - 2],
          [last - k, last - columns + 2],
        ]) {
          const way = 0.9 * (keep + gain * this.#opened[own]) * fade;
          const [to, from] = [2 * half[ring * width + own], 2 * half[ring * width + source]];
          this.uv[to] += way * (rest[from] - rest[to]);
          this.uv[to + 1] += way * (rest[from + 1] - rest[to + 1]);
        }
      }
    }
  }
}
