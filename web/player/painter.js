/**
 * Draws one avatar into a WebGL2 canvas, motion by motion, with the layers of
 * `render/puppet/puppet.py`. Imports the other files of this room.
 */

import { anchorsOf, CAVITY, EYES, OWN, placeAnchors, TEETH, TONGUE } from "./anchors.js";
import { browBand, browWeights } from "./brows.js";
import { at } from "./channels.js";
import { clamp, smoothstep } from "./correctives.js";
import { chooseView, Deformer, followGaze, makePose } from "./deform.js";
import { Attribute, compile, Triangles } from "./gl.js";
import { orderTriangles } from "./order.js";
import { ownLips, ownWeights } from "./own.js";
import { loadPictures } from "./pictures.js";
import { Shader } from "./shade.js";
import * as programs from "./shaders.js";
import { affineFrom, buildStrip, downward, STRIDE, stripTriangles } from "./strip.js";

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {import("./deform.js").View} View */
/** @typedef {"photo" | "transparent" | [number, number, number]} Background a colour is 0..255 */

/** Turns of the head, degrees, up to which triangles need no sorting. */
const SORT_DEGREES = 2;
const LID_COVER = 0.75;
const CORNER_COVER = 1.6;
const SNEER_FOLD = 0.5;
/** A box that holds nothing, for bundles without wrinkles. */
const NOWHERE = /** @type {const} */ ([-2, -2, -1, -1]);
const GAZE_REACH_X = 0.2;
const GAZE_REACH_Y = 0.165;
const LIPS_CLOSED = /** @type {const} */ ([0.45, 0.9]);
const LIDS_CLOSED = /** @type {const} */ ([0.25, 0.7]);
const GAUSSIAN_RADIUS = 2.0;
const CONTACT_REACH = 0.047;

/** One person in one canvas. */
export class Painter {
  #gl;
  #bundle;
  #background;
  #pictures;
  #deformer;
  #shader;
  #anchors;
  #programs;
  #pixels;
  #uv;
  #shade;
  #cornerAlpha;
  #lidAlpha;
  #ownUv;
  #ownAlpha;
  #strip;
  #quad;
  #lists;
  #faceOrder;
  /** @type {View} */
  #view = { scale: 1, left: 0, top: 0 };

  /**
   * @param {WebGL2RenderingContext} gl
   * @param {Bundle} bundle
   * @param {Background} [background]
   */
  static async create(gl, bundle, background = "photo") {
    return new Painter(gl, bundle, background, await loadPictures(gl, bundle));
  }

  /**
   * @param {WebGL2RenderingContext} gl
   * @param {Bundle} bundle
   * @param {Background} background
   * @param {Record<string, WebGLTexture>} pictures
   */
  constructor(gl, bundle, background, pictures) {
    const { mesh } = bundle;
    const own = ownLips(bundle);
    this.#gl = gl;
    this.#bundle = bundle;
    this.#background = background;
    this.#pictures = pictures;
    this.#deformer = new Deformer(bundle);
    this.#shader = new Shader(bundle);
    this.#anchors = anchorsOf(bundle);
    this.#programs = {
      backdrop: compile(gl, programs.backdrop, ["corner"]),
      surface: compile(gl, programs.surface, ["pixel", "uv", "shade"]),
      cover: compile(gl, programs.cover, ["pixel", "uv", "shade", "alpha"]),
      eye: compile(gl, programs.eye, ["pixel", "distances"]),
      mouth: compile(gl, programs.mouth, ["pixel", "distances"]),
    };
    this.#pixels = new Attribute(gl, 2);
    this.#uv = new Attribute(gl, 2);
    this.#shade = new Attribute(gl, 1);
    this.#cornerAlpha = new Attribute(gl, 1).fill(mesh.corner_alpha);
    this.#lidAlpha = new Attribute(gl, 1).fill(mesh.lid_alpha);
    this.#ownUv = new Attribute(gl, 2).fill(own.uv);
    this.#ownAlpha = new Attribute(gl, 1).fill(own.alpha);
    this.#strip = new Attribute(gl, STRIDE);
    this.#quad = new Attribute(gl, 2).fill(Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1));
    this.#faceOrder = new Uint16Array(mesh.face.length);
    this.#lists = {
      around: new Triangles(gl, [...mesh.solid, ...mesh.soft, ...mesh.seam]),
      face: new Triangles(gl),
      corner: new Triangles(gl, mesh.corner),
      own: new Triangles(gl, own.triangles),
      lids: [new Triangles(gl, mesh.lid_right), new Triangles(gl, mesh.lid_left)],
      lips: new Triangles(gl, stripTriangles(bundle.lips.parted.length)),
      eyes: bundle.eyes.map((eye) => new Triangles(gl, stripTriangles(eye.upper.length))),
    };
  }

  /**
   * Draws one frame at the size of the canvas.
   * @param {Float32Array} motion the 65 channels
   */
  draw(motion) {
    const gl = this.#gl;
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    const { head } = this.#bundle;
    const values = followGaze(motion);
    const pose = makePose(values, head.width);
    const purse = Math.min(1, at(values, "mouthPucker") + 0.5 * at(values, "mouthFunnel"));
    this.#view = chooseView(this.#bundle, width, height);
    const { look, part } = ownWeights(values, this.#bundle.own);
    this.#deformer.move(values, pose, this.#view, part);
    this.#shader.update(values, this.#deformer.vertices, purse);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.#paintBackground();
    this.#paintSurface(values);
    this.#paintCovers(values, purse, look);
    const places = placeAnchors(
      this.#bundle,
      this.#anchors,
      this.#deformer,
      values,
      pose,
      this.#view,
    );
    this.#paintEyes(values, places);
    this.#paintMouth(values, places, look);
  }

  #paintBackground() {
    const gl = this.#gl;
    const [r, g, b] = Array.isArray(this.#background) ? this.#background : [0, 0, 0];
    gl.clearColor(r / 255, g / 255, b / 255, this.#background === "transparent" ? 0 : 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (this.#background !== "photo") return;
    const program = this.#begin("backdrop");
    const { scale, left, top } = this.#view;
    program.set("view", scale, left, top);
    program.set("box", ...this.#bundle.textures.backdrop.box);
    program.bind({ picture: this.#pictures.backdrop });
    this.#quad.use(0);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  /** @param {Float32Array} values */
  #paintSurface(values) {
    const { mesh, textures } = this.#bundle;
    const { screen, turned } = this.#deformer;
    const program = this.#begin("surface");
    const smile = (at(values, "mouthSmileLeft") + at(values, "mouthSmileRight")) / 2;
    const sneer = (at(values, "noseSneerLeft") + at(values, "noseSneerRight")) / 2;
    const fold = Math.min(smile + SNEER_FOLD * sneer, 1);
    program.set("weights", fold, Math.min(at(values, "jawOpen"), 1));
    program.set("skinBox", ...textures.skin.box);
    program.set("ratioBox", ...textures.smile_ratio.box);
    program.set("rightBrow", ...browWeights(values, "Right"));
    program.set("leftBrow", ...browWeights(values, "Left"));
    program.set("band", ...browBand(this.#bundle));
    program.set("browBox", ...(textures.brow_ratio?.box ?? NOWHERE));
    const { skin, smile_ratio, open_ratio, brow_ratio } = this.#pictures;
    const brows = brow_ratio ?? smile_ratio;
    program.bind({ skin, smile: smile_ratio, opened: open_ratio, brows });
    this.#pixels.fill(screen).use(0);
    this.#uv.fill(this.#shader.uv).use(1);
    this.#shade.fill(this.#shader.shade).use(2);
    this.#lists.around.draw();
    const deep = Math.abs(at(values, "yaw")) + Math.abs(at(values, "pitch")) > SORT_DEGREES;
    orderTriangles(deep ? turned : null, screen, mesh.face, this.#faceOrder);
    this.#lists.face.fill(this.#faceOrder);
    this.#lists.face.draw();
  }

  /**
   * @param {Float32Array} values
   * @param {number} purse
   * @param {number} look how much of the photo's own lips shows
   */
  #paintCovers(values, purse, look) {
    const program = this.#begin("cover");
    program.set("box", ...this.#bundle.textures.smooth.box);
    program.bind({ smoothed: this.#pictures.smooth });
    this.#pixels.use(0);
    this.#uv.use(1);
    this.#shade.use(2);
    this.#cornerAlpha.use(3);
    if (purse > 0.02) {
      program.set("strength", Math.min(1, CORNER_COVER * purse));
      this.#lists.corner.draw();
    }
    this.#lidAlpha.use(3);
    /** @type {const} */ (["Right", "Left"]).forEach((side, index) => {
      const closing = LID_COVER * smoothstep(0.15, 0.8, at(values, `eyeBlink${side}`));
      if (closing <= 0.02) return;
      program.set("strength", closing);
      this.#lists.lids[index].draw();
    });
    if (look > 0) this.#paintOwnLips(program, look);
  }

  /**
   * @param {import("./gl.js").Program} program "cover", begun
   * @param {number} look
   */
  #paintOwnLips(program, look) {
    program.set("box", ...this.#bundle.textures.own_lips.box);
    program.set("strength", look);
    program.bind({ smoothed: this.#pictures.own_lips });
    this.#ownUv.use(1);
    this.#ownAlpha.use(3);
    this.#lists.own.draw();
  }

  /**
   * @param {Float32Array} values
   * @param {(index: number) => Float32Array} places
   */
  #paintEyes(values, places) {
    const program = this.#begin("eye");
    this.#bundle.eyes.forEach((eye, index) => {
      const corners = places(EYES + index);
      const gap = this.#opening(eye.upper, eye.lower, downward(corners));
      if (gap < LIDS_CLOSED[0]) return;
      const [x, y] = gazeOf(values, eye.side === "left" ? "Left" : "Right");
      const box = this.#bundle.textures[`eye_${eye.side}_photo`].box;
      const { scale } = this.#view;
      const opening = Math.max(eye.opening * scale, 1);
      program.set("appear", smoothstep(...LIDS_CLOSED, gap));
      program.set("moved", smoothstep(0, 0.2, Math.hypot(x, y)));
      program.set("width", eye.width * scale);
      program.set("shut", clamp(1 - gap / opening, 0, 1));
      const [slideX, slideY] = [x * GAZE_REACH_X * eye.width, -y * GAZE_REACH_Y * eye.width];
      program.set("slide", slideX / (box[2] - box[0]), slideY / (box[3] - box[1]));
      program.setAffine("affine", affineFrom(corners));
      program.bind({
        photo: this.#pictures[`eye_${eye.side}_photo`],
        white: this.#pictures[`eye_${eye.side}_white`],
        iris: this.#pictures[`eye_${eye.side}_iris`],
      });
      this.#lists.eyes[index].draw();
    });
  }

  /**
   * @param {Float32Array} values
   * @param {(index: number) => Float32Array} places
   * @param {number} look how much of the photo's own opening shows
   */
  #paintMouth(values, places, look) {
    const { lips, mouth } = this.#bundle;
    const columns = lips.parted.length;
    const [upper, lower] = [lips.upper.subarray(0, columns), lips.lower.subarray(0, columns)];
    const program = this.#begin("mouth");
    const gap = this.#opening(upper, lower, downward(places(TEETH)));
    if (gap < LIPS_CLOSED[0]) return;
    const { screen } = this.#deformer;
    const between = (/** @type {number} */ a, /** @type {number} */ b) =>
      Math.hypot(screen[2 * a] - screen[2 * b], screen[2 * a + 1] - screen[2 * b + 1]);
    const wide = between(upper[columns - 1], upper[0]);
    const part = between(upper[columns >> 1], lower[columns >> 1]) / Math.max(wide, 1e-6);
    const lift = at(values, "tongueUp");
    program.set("appear", smoothstep(...LIPS_CLOSED, gap));
    program.set("lift", smoothstep(0.1, 0.6, lift));
    program.set("tongueLight", mouth.light * (0.42 + 0.34 * lift));
    program.set("cavityLight", 0.45 + 0.55 * smoothstep(0.22, 0.42, part));
    program.set("teethLight", 0.9 + 0.1 * smoothstep(0.04, 0.3, part));
    program.set("radius", Math.max(GAUSSIAN_RADIUS * CONTACT_REACH * wide, 0.5));
    program.setAffine("toTongue", affineFrom(places(TONGUE)));
    program.setAffine("toCavity", affineFrom(places(CAVITY)));
    program.setAffine("toTeeth", affineFrom(places(TEETH)));
    program.setAffine("toOwn", affineFrom(places(OWN)));
    program.set("ownShare", look);
    const { tongue, cavity, teeth, own_mouth: own = teeth } = this.#pictures;
    program.bind({ tongue, cavity, teeth, own });
    this.#lists.lips.draw();
  }

  /**
   * Prepares the strip between two contours.
   * @param {Int16Array} upper vertices
   * @param {Int16Array} lower
   * @param {[number, number]} down
   */
  #opening(upper, lower, down) {
    const { screen } = this.#deformer;
    const line = (/** @type {Int16Array} */ vertices) =>
      Float32Array.from(
        { length: 2 * vertices.length },
        (_, i) => screen[2 * vertices[i >> 1] + (i & 1)],
      );
    const strip = new Float32Array(2 * upper.length * STRIDE);
    const gap = buildStrip(line(upper), line(lower), down, strip);
    this.#strip.fill(strip);
    this.#strip.use(0, { size: 2, stride: STRIDE });
    this.#strip.use(1, { size: 2, stride: STRIDE, offset: 2 });
    return gap;
  }

  /**
   * @param {"backdrop" | "surface" | "cover" | "eye" | "mouth"} name
   */
  #begin(name) {
    const gl = this.#gl;
    const program = this.#programs[name];
    gl.useProgram(program.handle);
    for (let location = 0; location < 4; location += 1) gl.disableVertexAttribArray(location);
    program.set("size", gl.drawingBufferWidth, gl.drawingBufferHeight);
    program.set("height", gl.drawingBufferHeight);
    return program;
  }
}

/**
 * One eye's gaze in [-1, 1], to the person's left and up.
 * @param {Float32Array} values
 * @param {"Left" | "Right"} side
 */
function gazeOf(values, side) {
  const toLeft = side === "Left" ? "Out" : "In";
  const toRight = side === "Left" ? "In" : "Out";
  const x = at(values, `eyeLook${toLeft}${side}`) - at(values, `eyeLook${toRight}${side}`);
  return [clamp(x + at(values, "gazeX"), -1, 1), clamp(at(values, "gazeY"), -1, 1)];
}
