/** Sorts triangles by depth; the same as `render/puppet/order.py`. Imports nothing. */

const BUCKETS = 512;

/**
 * Lists the triangles that face the viewer after those that turned away, each from far to near.
 * @param {Float32Array | null} turned vertices, flat x, y, z; z rises toward the viewer; null leaves
 *   the triangles of each kind in the order they come in
 * @param {Float32Array} screen vertices, flat x, y, y down
 * @param {Int16Array} triangles
 * @param {Uint16Array} ordered result, as long as `triangles`
 * @returns {number} how many numbers of `ordered` belong to triangles that turned away
 */
export function orderTriangles(turned, screen, triangles, ordered) {
  const count = triangles.length / 3;
  const keys = new Float32Array(count);
  let [low, high] = turned ? [Infinity, -Infinity] : [0, 0];
  for (let t = 0; turned && t < count; t += 1) {
    const [a, b, c] = triangles.subarray(3 * t, 3 * t + 3);
    keys[t] = turned[3 * a + 2] + turned[3 * b + 2] + turned[3 * c + 2];
    low = Math.min(low, keys[t]);
    high = Math.max(high, keys[t]);
  }
  const step = (BUCKETS - 1) / Math.max(high - low, 1e-6);
  const bucketOf = new Uint16Array(count);
  const starts = new Int32Array(2 * BUCKETS + 1);
  for (let t = 0; t < count; t += 1) {
    const facing = area(screen, triangles, 3 * t) > 0 ? BUCKETS : 0;
    bucketOf[t] = facing + Math.floor((keys[t] - low) * step);
    starts[bucketOf[t] + 1] += 1;
  }
  for (let bucket = 0; bucket < 2 * BUCKETS; bucket += 1) starts[bucket + 1] += starts[bucket];
  const away = 3 * starts[BUCKETS];
  for (let t = 0; t < count; t += 1) {
    ordered.set(triangles.subarray(3 * t, 3 * t + 3), 3 * starts[bucketOf[t]]);
    starts[bucketOf[t]] += 1;
  }
  return away;
}

/**
 * @param {Float32Array} screen
 * @param {Int16Array} triangles
 * @param {number} at
 */
function area(screen, triangles, at) {
  const [a, b, c] = [2 * triangles[at], 2 * triangles[at + 1], 2 * triangles[at + 2]];
  return (
    (screen[b] - screen[a]) * (screen[c + 1] - screen[a + 1]) -
    (screen[c] - screen[a]) * (screen[b + 1] - screen[a + 1])
  );
}
