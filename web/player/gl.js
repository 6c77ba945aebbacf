/** Thin helpers over WebGL2: programs, textures, buffers. Imports nothing. */

/**
 * A compiled program with its uniforms and attributes by name.
 * @typedef {object} Program
 * @property {WebGLProgram} handle
 * @property {(name: string, ...numbers: number[]) => void} set a float, vec2, vec3 or vec4
 * @property {(name: string, affine: number[]) => void} setAffine a mat3 from 2 x 3, row by row
 * @property {(pictures: Record<string, WebGLTexture>) => void} bind textures to samplers
 */

/**
 * @param {WebGL2RenderingContext} gl
 * @param {{vertex: string, fragment: string}} source
 * @param {readonly string[]} attributes in the order of their locations
 * @returns {Program}
 */
export function compile(gl, source, attributes) {
  const handle = gl.createProgram();
  for (const [kind, text] of /** @type {const} */ ([
    [gl.VERTEX_SHADER, source.vertex],
    [gl.FRAGMENT_SHADER, source.fragment],
  ])) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error("the graphics context is lost");
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(handle, shader);
  }
  attributes.forEach((name, location) => gl.bindAttribLocation(handle, location, name));
  gl.linkProgram(handle);
  if (!gl.getProgramParameter(handle, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(gl.getProgramInfoLog(handle) ?? "a program does not link");
  /** @type {Map<string, WebGLUniformLocation | null>} */
  const locations = new Map();
  const at = (/** @type {string} */ name) => {
    if (!locations.has(name)) locations.set(name, gl.getUniformLocation(handle, name));
    return locations.get(name) ?? null;
  };
  return {
    handle,
    set: (name, ...n) => {
      if (n.length === 1) gl.uniform1f(at(name), n[0]);
      else if (n.length === 2) gl.uniform2f(at(name), n[0], n[1]);
      else if (n.length === 3) gl.uniform3f(at(name), n[0], n[1], n[2]);
      else gl.uniform4f(at(name), n[0], n[1], n[2], n[3]);
    },
    setAffine: (name, [a, b, c, d, e, f]) =>
      gl.uniformMatrix3fv(at(name), false, [a, d, 0, b, e, 0, c, f, 1]),
    bind: (pictures) =>
      Object.entries(pictures).forEach(([name, texture], unit) => {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, texture);
        gl.uniform1i(at(name), unit);
      }),
  };
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {TexImageSource} picture colours premultiplied
 * @param {boolean} [mirror] whether it goes on mirrored beyond its edges, or with its edges
 * @returns {WebGLTexture} with mipmaps, sampled smoothly
 */
export function upload(gl, picture, mirror = false) {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
  gl.generateMipmap(gl.TEXTURE_2D);
  const wrap = mirror ? gl.MIRRORED_REPEAT : gl.CLAMP_TO_EDGE;
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, wrap);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, wrap);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  return texture;
}

/** One vertex attribute whose numbers change from frame to frame. */
export class Attribute {
  #gl;
  #buffer;
  #size;

  /**
   * @param {WebGL2RenderingContext} gl
   * @param {number} size numbers per vertex
   */
  constructor(gl, size) {
    this.#gl = gl;
    this.#buffer = gl.createBuffer();
    this.#size = size;
  }

  /** @param {Float32Array} numbers */
  fill(numbers) {
    this.#gl.bindBuffer(this.#gl.ARRAY_BUFFER, this.#buffer);
    this.#gl.bufferData(this.#gl.ARRAY_BUFFER, numbers, this.#gl.DYNAMIC_DRAW);
    return this;
  }

  /**
   * @param {number} location
   * @param {{size?: number, stride?: number, offset?: number}} [part] numbers, of a longer vertex
   */
  use(location, { size = this.#size, stride = 0, offset = 0 } = {}) {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, gl.FLOAT, false, 4 * stride, 4 * offset);
  }
}

/** Triangles by vertex numbers. */
export class Triangles {
  #gl;
  #buffer;
  #count = 0;

  /**
   * @param {WebGL2RenderingContext} gl
   * @param {ArrayLike<number>} [indices]
   */
  constructor(gl, indices) {
    this.#gl = gl;
    this.#buffer = gl.createBuffer();
    if (indices) this.fill(Uint16Array.from(indices));
  }

  /** @param {Uint16Array} indices */
  fill(indices) {
    this.#gl.bindBuffer(this.#gl.ELEMENT_ARRAY_BUFFER, this.#buffer);
    this.#gl.bufferData(this.#gl.ELEMENT_ARRAY_BUFFER, indices, this.#gl.DYNAMIC_DRAW);
    this.#count = indices.length;
  }

  draw() {
    this.#gl.bindBuffer(this.#gl.ELEMENT_ARRAY_BUFFER, this.#buffer);
    this.#gl.drawElements(this.#gl.TRIANGLES, this.#count, this.#gl.UNSIGNED_SHORT, 0);
  }
}
