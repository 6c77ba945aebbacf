/** The programs of the player, GLSL ES 3.00. Imports nothing. */

const HEAD = `#version 300 es
precision highp float;
`;

/** Screen pixels, y down, to clip space. */
const PLACE = `
uniform vec2 size;
vec4 place(vec2 pixel) { return vec4(pixel.x / size.x * 2.0 - 1.0, 1.0 - pixel.y / size.y * 2.0, 0.0, 1.0); }
`;

export const backdrop = {
  vertex: `${HEAD}${PLACE}
in vec2 corner;
uniform vec3 view;
uniform vec4 box;
out vec2 at;
void main() {
  vec2 pixel = corner * size;
  at = ((pixel - view.yz) / view.x - box.xy) / (box.zw - box.xy);
  gl_Position = place(pixel);
}`,
  fragment: `${HEAD}
in vec2 at;
uniform sampler2D picture;
out vec4 colour;
void main() { colour = vec4(texture(picture, at).rgb, 1.0); }`,
};

/** The skin under folds of expressions, lit. */
export const surface = {
  vertex: `${HEAD}${PLACE}
in vec2 pixel;
in vec2 uv;
in float shade;
out vec2 at;
out float light;
void main() { at = uv; light = shade; gl_Position = place(pixel); }`,
  fragment: `${HEAD}
in vec2 at;
in float light;
uniform sampler2D skin, smile, opened, brows;
uniform vec4 skinBox, ratioBox, browBox;
uniform vec2 weights, band;
uniform vec3 rightBrow, leftBrow;
out vec4 colour;
vec3 change(sampler2D ratio, vec2 place, float weight) {
  return 1.0 + weight * (texture(ratio, place).rgb * (255.0 / 128.0) - 1.0);
}
bool within(vec2 place) {
  return all(greaterThanEqual(place, vec2(0.0))) && all(lessThanEqual(place, vec2(1.0)));
}
vec3 wrinkled() {
  vec2 place = (at - browBox.xy) / (browBox.zw - browBox.xy);
  if (!within(place)) return vec3(1.0);
  vec3 depth = mix(rightBrow, leftBrow, clamp((at.x - band.x) / band.y, 0.0, 1.0));
  float total = dot(depth, texture(brows, place).rgb * (255.0 / 128.0) - 1.0);
  return 1.0 + total * vec3(200.0 / 256.0, 1.0, 1.0);
}
void main() {
  vec4 base = texture(skin, (at - skinBox.xy) / (skinBox.zw - skinBox.xy));
  vec2 place = (at - ratioBox.xy) / (ratioBox.zw - ratioBox.xy);
  vec3 lit = base.rgb;
  lit = min(lit * wrinkled(), base.a);
  if (within(place))
    lit *= change(smile, place, weights.x) * change(opened, place, weights.y);
  lit = min(min(lit, base.a) * light, base.a);
  colour = vec4(lit, base.a);
}`,
};

/** The face without creases, over parts of the skin. */
export const cover = {
  vertex: `${HEAD}${PLACE}
in vec2 pixel;
in vec2 uv;
in float shade;
in float alpha;
out vec2 at;
out float light, share;
void main() { at = uv; light = shade; share = alpha; gl_Position = place(pixel); }`,
  fragment: `${HEAD}
in vec2 at;
in float light, share;
uniform sampler2D smoothed;
uniform vec4 box;
uniform float strength;
out vec4 colour;
void main() {
  vec3 base = texture(smoothed, (at - box.xy) / (box.zw - box.xy)).rgb;
  float part = strength * clamp(share, 0.0, 1.0);
  colour = vec4(min(base * light, 1.0) * part, part);
}`,
};

/** What both openings share: coverage of a pixel and soft steps. */
const OPENING = `${HEAD}
in vec2 depth;
uniform float height;
uniform float appear;
out vec4 colour;
float covered() { return clamp(min(depth.x, 0.5) + min(depth.y, 0.5), 0.0, 1.0) * appear; }
float blurredStep(float d, float radius) {
  float t = clamp(d / radius, -1.0, 1.0);
  return 0.5 + 0.75 * t - 0.25 * t * t * t;
}
vec2 inPicture(mat3 affine) {
  return (affine * vec3(gl_FragCoord.x, height - gl_FragCoord.y, 1.0)).xy;
}
`;

const OPENING_VERTEX = `${HEAD}${PLACE}
in vec2 pixel;
in vec2 distances;
out vec2 depth;
void main() { depth = distances; gl_Position = place(pixel); }`;

export const eye = {
  vertex: OPENING_VERTEX,
  fragment: `${OPENING}
uniform sampler2D photo, white, iris;
uniform mat3 affine;
uniform vec2 slide;
uniform float moved, shut, width;
float lidShadow() {
  if (shut <= 0.03) return 1.0;
  float shift = 0.06 * width, radius = 0.09 * width;
  float open = blurredStep(depth.x - shift, radius) + blurredStep(depth.y + shift, radius) - 1.0;
  return 1.0 - 0.55 * min(1.0, shut * 1.6) * (1.0 - clamp(open * 1.2, 0.0, 1.0));
}
void main() {
  vec2 at = inPicture(affine);
  vec3 base = texture(photo, at).rgb;
  vec4 disc = texture(iris, at - slide);
  base = mix(base, texture(white, at).rgb * (1.0 - disc.a) + disc.rgb, moved);
  float part = covered();
  colour = vec4(clamp(base * lidShadow(), 0.0, 1.0) * part, part);
}`,
};

export const mouth = {
  vertex: OPENING_VERTEX,
  fragment: `${OPENING}
uniform sampler2D tongue, cavity, teeth, own;
uniform mat3 toTongue, toCavity, toTeeth, toOwn;
uniform float lift, tongueLight, cavityLight, teethLight, radius, ownShare;
vec4 lay(sampler2D picture, vec2 at) {
  bool inside = all(greaterThanEqual(at, vec2(0.0))) && all(lessThanEqual(at, vec2(1.0)));
  return inside ? texture(picture, at) : vec4(0.0);
}
void main() {
  vec3 base = texture(cavity, inPicture(toCavity)).rgb * cavityLight;
  vec4 tip = lay(tongue, inPicture(toTongue)) * lift;
  base = base * (1.0 - tip.a) + tip.rgb * tongueLight;
  vec4 row = lay(teeth, inPicture(toTeeth));
  base = base * (1.0 - row.a) + row.rgb * teethLight;
  float open = blurredStep(depth.x, radius) + blurredStep(depth.y, radius) - 1.0;
  float light = 1.0 - 0.45 * (1.0 - max(open, 0.0));
  vec4 shown = lay(own, inPicture(toOwn)) * ownShare;
  base = base * light * (1.0 - shown.a) + shown.rgb;
  float part = covered();
  colour = vec4(clamp(base, 0.0, 1.0) * part, part);
}`,
};
