// The same net, data, batches and step in TensorFlow.js.
"use strict";
const packages = new URL("../../tfjs/", self.location.href).href;
importScripts(`${packages}tfjs/dist/tf.min.js`, `${packages}tfjs-backend-wasm/dist/tf-backend-wasm.min.js`);

const PIXELS = 784;
const CLASSES = 10;
const BATCH_SIZE = 100;
const CHECKED_EVERY = 5; // steps between two looks at the clock
let images, labels, params, optimizer;

const idx = async (name, header) => {
  const response = await fetch(new URL(`../../site/data/${name}-ubyte.gz`, self.location.href));
  const plain = response.body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer(), header);
};

const drawn = () => Int32Array.from({ length: BATCH_SIZE }, () => Math.floor(Math.random() * labels.length));

const step = (batchMask) =>
  tf.tidy(() => {
    const pixels = new Float32Array(BATCH_SIZE * PIXELS);
    const oneHot = new Float32Array(BATCH_SIZE * CLASSES);
    batchMask.forEach((image, i) => {
      for (let j = 0; j < PIXELS; j++) pixels[i * PIXELS + j] = images[image * PIXELS + j] / 255;
      oneHot[i * CLASSES + labels[image]] = 1;
    });
    const x = tf.tensor2d(pixels, [BATCH_SIZE, PIXELS]);
    const t = tf.tensor2d(oneHot, [BATCH_SIZE, CLASSES]);
    const [W1, b1, W2, b2] = params;
    const loss = () => {
      const z1 = tf.sigmoid(tf.add(tf.matMul(x, W1), b1));
      return tf.losses.softmaxCrossEntropy(t, tf.add(tf.matMul(z1, W2), b2));
    };
    optimizer.minimize(loss);
    return loss().dataSync()[0];
  });

const methods = {
  async start(backend, start) {
    tf.wasm.setWasmPaths(`${packages}tfjs-backend-wasm/dist/`);
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here`);
    await tf.ready();
    [images, labels] = await Promise.all([idx("train-images-idx3", 16), idx("train-labels-idx1", 8)]);
    params = start.params.map((values) => tf.variable(tf.tensor(values)));
    optimizer = tf.train.sgd(0.1);
    return { tfjs: tf.version_core, backend: tf.getBackend(), losses: start.batch_masks.map(step) };
  },

  burst(seconds) {
    const begin = performance.now();
    let steps = 0;
    let elapsed = 0;
    while (elapsed < seconds) {
      for (let i = 0; i < CHECKED_EVERY; i++) step(drawn());
      steps += CHECKED_EVERY;
      elapsed = (performance.now() - begin) / 1000;
    }
    return steps / elapsed;
  },
};

self.onmessage = async ({ data: { method, args } }) => {
  try {
    self.postMessage({ value: await methods[method](...args) });
  } catch (error) {
    self.postMessage({ error: String(error.stack || error) });
  }
};
