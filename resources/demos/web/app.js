// Your model in a web page. Three steps: load it, make pixels of a picture as it learned them, ask it.
// It needs no server: open index.html, or copy this folder into your site.
'use strict';

const { json, weights, settings } = window.MODEL;
const { classNames, imageSize, threshold, name } = settings;

// ---- 1. The model: its description and its weights lie in model.js.

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;

const load = json.format === 'graph-model' ? tf.loadGraphModel : tf.loadLayersModel;
const ready = load(tf.io.fromMemory({
  modelTopology: json.modelTopology,
  signature: json.signature,
  weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
  weightData: bytesOf(weights)
}));

// ---- 2. A picture -> pixels 0..255, [imageSize, imageSize, 3]: stretched, averaging over all pixels that fall together.
// A canvas shrinks pictures in its own way, and a model answers differently on differently shrunk pictures: so this is done here, as it was in training.

function taps(from, to) {
  const scale = from / to;
  const radius = Math.max(1, scale);
  return Array.from({ length: to }, (_, position) => {
    const centre = (position + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - radius));
    const last = Math.min(from, Math.ceil(centre + radius));
    const shares = Array.from({ length: last - first }, (_, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / radius));
    const sum = shares.reduce((total, share) => total + share, 0);
    return { first, shares: shares.map((share) => share / sum) };
  });
}

function resize({ data, width, height }, size) {
  const [rows, columns] = [taps(height, size), taps(width, size)];
  const pixels = new Float32Array(size * size * 3);
  const line = new Float32Array(width * 4);
  rows.forEach((row, y) => {
    line.fill(0);
    row.shares.forEach((share, i) => {
      const from = (row.first + i) * width * 4;
      for (let x = 0; x < width * 4; x++) line[x] += share * data[from + x];
    });
    columns.forEach((column, x) => {
      for (let channel = 0; channel < 3; channel++) {
        let value = 0.5;
        column.shares.forEach((share, i) => (value += share * line[(column.first + i) * 4 + channel]));
        pixels[(y * size + x) * 3 + channel] = Math.floor(value);
      }
    });
  });
  return pixels;
}

const canvas = document.createElement('canvas');
const context = canvas.getContext('2d', { willReadFrequently: true });

/** @param source an <img>, a <video> or an ImageBitmap */
function pixelsOf(source, width, height) {
  [canvas.width, canvas.height] = [width, height];
  // Transparent parts are shown to the network as white.
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0);
  return resize(context.getImageData(0, 0, width, height), imageSize);
}

// ---- 3. Pixels -> probabilities, in the order of classNames.

async function classify(pixels) {
  const model = await ready;
  const output = tf.tidy(() => {
    let input = tf.tensor4d(pixels, [1, imageSize, imageSize, 3]);
    // A network that sees more than its pictures hold gets them enlarged; a graph model does this itself.
    const [, height, width] = model.inputs[0].shape;
    if (height !== imageSize) input = tf.image.resizeBilinear(input, [height, width], false, true);
    return model.predict(input);
  });
  const probabilities = await output.data();
  output.dispose();
  return [...probabilities].map((probability, i) => ({ label: classNames[i], probability })).sort((a, b) => b.probability - a.probability);
}

// The first answer takes seconds on a graphics card, which has to be given its programs: so nobody has to wait for it.
void classify(new Float32Array(imageSize * imageSize * 3));

// ---- The page around it.

const japanese = navigator.language.startsWith('ja');
const words = japanese
  ? { about: (n) => `${n} 種類を見分けます。画像はこのパソコンの外に出ません。`, hint: '画像をここにドロップ、または貼り付け', before: 'ここに答えが出ます。', choose: '画像を選ぶ', live: 'カメラ', stop: 'カメラを止める', none: 'どれでもない', time: (ms) => `${ms} ミリ秒`, unreadable: 'この画像は読み込めません。', noCamera: 'カメラを使えません。' }
  : { about: (n) => `Tells ${n} classes apart. Pictures do not leave this computer.`, hint: 'Drop a picture here, or paste one', before: 'The answer appears here.', choose: 'Choose a picture', live: 'Camera', stop: 'Stop the camera', none: 'None of these', time: (ms) => `${ms} ms`, unreadable: 'This picture cannot be read.', noCamera: 'The camera cannot be used.' };

const at = (id) => document.getElementById(id);
document.documentElement.lang = japanese ? 'ja' : 'en';
document.title = at('title').textContent = name;
at('about').textContent = words.about(classNames.length);
at('hint').textContent = words.hint;
at('choose').textContent = words.choose;
at('live').textContent = words.live;
at('time').textContent = words.before;

async function answer(source, width, height) {
  const started = performance.now();
  const all = await classify(pixelsOf(source, width, height));
  const unsure = threshold !== null && all[0].probability < threshold;
  at('answer').textContent = unsure ? words.none : all[0].label;
  at('bars').replaceChildren(...all.slice(0, 5).map(({ label, probability }) => {
    const item = document.createElement('li');
    const bar = document.createElement('progress');
    bar.value = probability;
    bar.setAttribute('aria-label', label);
    item.append(label, Object.assign(document.createElement('span'), { textContent: `${(100 * probability).toFixed(1)} %` }), bar);
    return item;
  }));
  at('time').textContent = words.time(Math.round(performance.now() - started));
  return all;
}

async function show(file) {
  stopCamera();
  try {
    const bitmap = await createImageBitmap(file);
    URL.revokeObjectURL(at('picture').src);
    at('picture').src = URL.createObjectURL(file);
    at('picture').hidden = false;
    await answer(bitmap, bitmap.width, bitmap.height);
  } catch (error) {
    console.error(error);
    at('answer').textContent = words.unreadable;
    at('bars').replaceChildren();
  }
}

let stream = null;

function stopCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  at('camera').hidden = true;
  at('live').textContent = words.live;
}

async function startCamera() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: true });
  } catch {
    at('answer').textContent = words.noCamera;
    return;
  }
  const video = at('camera');
  video.srcObject = stream;
  video.hidden = false;
  at('picture').hidden = true;
  at('live').textContent = words.stop;
  await video.play();
  while (stream) {
    if (video.videoWidth > 0) await answer(video, video.videoWidth, video.videoHeight);
    await new Promise(requestAnimationFrame);
  }
}

at('choose').onclick = () => at('file').click();
at('file').onchange = ({ target }) => target.files[0] && show(target.files[0]);
at('live').onclick = () => (stream ? stopCamera() : startCamera());
document.ondragover = (event) => {
  event.preventDefault();
  at('drop').classList.add('over');
};
document.ondragleave = () => at('drop').classList.remove('over');
document.ondrop = (event) => {
  event.preventDefault();
  at('drop').classList.remove('over');
  const [file] = event.dataTransfer.files;
  if (file) show(file);
};
document.onpaste = (event) => {
  const [file] = event.clipboardData.files;
  if (file) show(file);
};
