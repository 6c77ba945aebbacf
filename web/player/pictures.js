/** Decodes a bundle's textures for the graphics card. Imports the GL helpers. */

import { upload } from "./gl.js";

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {import("./bundle.js").Texture} Texture */

/**
 * @param {Texture} texture
 * @returns {Promise<ImageBitmap>} colours premultiplied
 */
function decode({ data }) {
  return createImageBitmap(new Blob([data]), {
    premultiplyAlpha: "premultiply",
    colorSpaceConversion: "none",
  });
}

/**
 * Joins the person's colour and matte, premultiplied.
 * @param {ImageBitmap} colour
 * @param {ImageBitmap} matte grey
 * @returns {ImageData}
 */
function joinMatte(colour, matte) {
  const { width, height } = colour;
  const read = (/** @type {ImageBitmap} */ picture) => {
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      willReadFrequently: true,
    });
    if (!context) throw new Error("no two-dimensional canvas");
    context.drawImage(picture, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  };
  const [joined, cover] = [read(colour), read(matte)];
  for (let i = 0; i < joined.data.length; i += 4) {
    const alpha = cover.data[i];
    for (let c = 0; c < 3; c += 1)
      joined.data[i + c] = Math.round((joined.data[i + c] * alpha) / 255);
    joined.data[i + 3] = alpha;
  }
  return joined;
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {Bundle} bundle
 * @returns {Promise<Record<string, WebGLTexture>>} by the names of the bundle's textures; "skin"
 *   carries the matte as alpha
 */
export async function loadPictures(gl, { textures }) {
  const names = Object.keys(textures);
  const pictures = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await decode(textures[name])])),
  );
  const { skin, matte, ...others } = pictures;
  /** @type {Record<string, WebGLTexture>} */
  const loaded = { skin: upload(gl, joinMatte(skin, matte)) };
  for (const [name, picture] of Object.entries(others))
    loaded[name] = upload(gl, picture, name === "backdrop");
  for (const picture of Object.values(pictures)) picture.close();
  return loaded;
}
