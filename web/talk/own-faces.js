/**
 * The faces made in this browser: their ids and the tokens that delete them. Imports nothing.
 */

/** @typedef {{id: string, token: string}} OwnFace */

const KEY = "visavis.faces";

/** @returns {OwnFace[]} oldest first */
export function ownFaces() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isFace) : [];
  } catch {
    return [];
  }
}

/** @param {OwnFace} face */
export function keepFace(face) {
  write([...ownFaces(), face]);
}

/** @param {string} id */
export function forgetFace(id) {
  write(ownFaces().filter((face) => face.id !== id));
}

/** @param {OwnFace[]} faces */
function write(faces) {
  try {
    localStorage.setItem(KEY, JSON.stringify(faces));
  } catch {
    // A browser that keeps nothing: the faces last as long as the page.
  }
}

/**
 * @param {unknown} value
 * @returns {value is OwnFace}
 */
function isFace(value) {
  const face = /** @type {Partial<OwnFace> | null} */ (value);
  return typeof face?.id === "string" && typeof face.token === "string";
}
