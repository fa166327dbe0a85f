'use strict';
// Engine `onnxruntime`: the same program as main.cpp for ONNX Runtime's packages for JavaScript, run by node.
//
//   node serve.cjs --engine MODULE --weights FOLDER --dataset FOLDER [--threads N] [MODE]
//
// MODULE is the folder of onnxruntime-node or onnxruntime-web; the modes are those of main.cpp. Input and output are
// read and written synchronously: node's streams cost more than the model does.

const fs = require('fs');

const MAX_BATCH = 32;
const PIXELS = 64;
const CLASSES = 10;

function fail(message, status = 1) {
  process.stderr.write(`classify: ${message}\n`);
  process.exit(status);
}

function parseNumber(name, text, least, most, pattern) {
  const number = Number(text);
  if (!pattern.test(text) || number < least || number > most) {
    fail(`\`${name} ${text}\`: expected a number of ${least}..${most}`, 2);
  }
  return number;
}

function parseOptions(args) {
  const options = {threads: 1, pixels: ''};
  const integer = /^[0-9]+$/;
  const readers = {
    '--engine': (value) => { options.engine = value; },
    '--weights': (value) => { options.weights = value; },
    '--dataset': (value) => { options.dataset = value; },
    '--pixels': (value) => { options.pixels = value; },
    '--threads': (value, name) => { options.threads = parseNumber(name, value, 1, 64, integer); },
    '--row': (value, name) => { options.row = parseNumber(name, value, 0, 1000000, integer); },
    '--self-test': (value, name) => {
      options.leastAccuracy = parseNumber(name, value, 0, 1, /^[0-9]*\.?[0-9]+$/);
    },
  };
  for (let i = 0; i < args.length; i += 2) {
    const read = readers[args[i]] ?? fail(`unknown option \`${args[i]}\``, 2);
    if (i + 1 === args.length) fail(`\`${args[i]}\` needs a value`, 2);
    read(args[i + 1], args[i]);
  }
  for (const name of ['engine', 'weights', 'dataset']) {
    if (options[name] === undefined) fail(`--${name} is needed`, 2);
  }
  return options;
}

function readFile(path) {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    return fail(`cannot open \`${path}\`: ${error.message}`);
  }
}

// 64 numbers of 0..16 as pixels of 0..1, or undefined.
function parseImage(words) {
  const good = words.length === PIXELS && words.every((word) => /^[0-9]+$/.test(word) && Number(word) <= 16);
  return good ? Float32Array.from(words, (word) => Number(word) / 16) : undefined;
}

function readSamples(folder) {
  const lines = (name) => readFile(`${folder}/${name}`).toString().trimEnd().split('\n');
  const rows = lines('digits.csv').map((line, i) => {
    const words = line.split(',');
    const image = parseImage(words.slice(0, PIXELS));
    if (image === undefined || words.length !== PIXELS + 1 || !/^[0-9]$/.test(words[PIXELS])) {
      fail(`${folder}/digits.csv:${i + 1}: expected 64 pixels of 0..16 and a digit`);
    }
    return {image, label: Number(words[PIXELS])};
  });
  const heldOut = lines('heldout.txt').map((line, i) => {
    if (!/^[0-9]+$/.test(line) || Number(line) >= rows.length) {
      fail(`${folder}/heldout.txt:${i + 1}: expected a row of digits.csv`);
    }
    return Number(line);
  });
  return {rows, heldOut};
}

function modelFile(options) {
  return `${options.weights}/model.onnx`;
}

// A classifier: async (images) => digits, with at most MAX_BATCH images.
async function loadClassifier(options) {
  const isWasm = require(`${options.engine}/package.json`).name === 'onnxruntime-web';
  if (isWasm && options.threads !== 1) fail(`onnxruntime-web uses 1 thread under node, not ${options.threads}`, 2);
  const ort = require(options.engine);
  if (isWasm) ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFile(modelFile(options)), {
    executionProviders: [isWasm ? 'wasm' : 'cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });

  const feeds = new Map();  // by number of images: made once, then only filled
  const feedOf = (count) => {
    if (!feeds.has(count)) {
      const data = new Float32Array(count * PIXELS);
      feeds.set(count, {data, feed: {image: new ort.Tensor('float32', data, [count, 1, 8, 8])}});
    }
    return feeds.get(count);
  };
  return async (images) => {
    const {data, feed} = feedOf(images.length);
    images.forEach((image, i) => data.set(image, i * PIXELS));
    const scores = (await session.run(feed)).scores.data;
    return images.map((_, i) => bestOf(scores, i * CLASSES));
  };
}

// The digit of the highest of ten scores, the first of equal ones.
function bestOf(scores, first) {
  let best = 0;
  for (let digit = 1; digit < CLASSES; ++digit) {
    if (scores[first + digit] > scores[first + best]) best = digit;
  }
  return best;
}

async function classifyAll(classify, images) {
  if (images.length === 1) return classify(images);
  const digits = [];
  for (let first = 0; first < images.length; first += MAX_BATCH) {
    digits.push(...await classify(images.slice(first, first + MAX_BATCH)));
  }
  return digits;
}

// Bytes are characters here, as in LineReader: an id goes back as it came.
function writeAll(text) {
  for (let rest = text; rest !== '';) {
    try {
      rest = rest.slice(fs.writeSync(1, rest, null, 'latin1'));
    } catch (error) {
      if (error.code !== 'EAGAIN') fail(`cannot write answers: ${error.message}`);
    }
  }
}

// Lines from stdin; bytes after the last line end are not a line.
class LineReader {
  constructor() {
    this.chunk = Buffer.allocUnsafe(65536);
    this.rest = '';
    this.lines = [];
  }

  // The next line, or undefined at the end of the file.
  next() {
    while (this.lines.length === 0) {
      const count = this.read();
      if (count === 0) return undefined;
      const parts = (this.rest + this.chunk.latin1Slice(0, count)).split('\n');
      this.rest = parts.pop();
      this.lines = parts.reverse();
    }
    return this.lines.pop();
  }

  read() {
    for (;;) {
      try {
        return fs.readSync(0, this.chunk);
      } catch (error) {
        if (error.code === 'EOF') return 0;
        if (error.code !== 'EAGAIN') fail(`cannot read queries: ${error.message}`);
      }
    }
  }
}

// Answers queries until `end` or end of file; returns the verdict for each sample that was asked about.
async function serve(classify, samples) {
  const verdicts = new Map();
  const sampleOf = (word) => (/^[0-9]+$/.test(word) ? samples.rows[samples.heldOut[Number(word)]] : undefined);
  const reader = new LineReader();
  writeAll(`reef-protocol 1 ${samples.heldOut.length}\n`);
  for (let line = reader.next(); line !== undefined && line !== 'end'; line = reader.next()) {
    const [verb, id, ...words] = line.split(' ').filter((word) => word !== '');
    if (verb === 'end') break;
    if (verb !== 'q') fail(`expected \`q\` or \`end\`, got \`${verb ?? ''}\``);
    if (id === undefined) fail('a query without an id');
    const wrong = words.find((word) => sampleOf(word) === undefined);
    if (wrong !== undefined || words.length === 0) {
      const problem = wrong === undefined ? 'no sample' : `\`${wrong}\` is not a sample`;
      writeAll(`e ${id} ${problem}, expected 0..${samples.heldOut.length - 1}\n`);
      continue;
    }
    const asked = words.map(sampleOf);
    const digits = await classifyAll(classify, asked.map((sample) => sample.image));
    writeAll(`a ${id} ${digits.join(' ')}\n`);
    asked.forEach((sample, i) => verdicts.set(sample, digits[i] === sample.label));
  }
  return verdicts;
}

function writeMetrics(verdicts, options) {
  const metrics = {};
  if (verdicts.size > 0) {
    metrics.accuracy = [...verdicts.values()].filter(Boolean).length / verdicts.size;
    metrics.accuracy_samples = verdicts.size;
  }
  metrics.model_size = fs.statSync(modelFile(options)).size;
  metrics.parameters = JSON.parse(readFile(`${options.weights}/train.json`)).parameters;
  fs.writeFileSync(process.env.REEF_METRICS, `${JSON.stringify(metrics)}\n`);
}

async function selfTest(classify, samples, leastAccuracy) {
  const images = samples.heldOut.map((row) => samples.rows[row].image);
  const digits = [];
  for (const image of images) digits.push((await classify([image]))[0]);
  let correct = 0;
  samples.heldOut.forEach((row, i) => {
    if (digits[i] === samples.rows[row].label) ++correct;
    else console.log(`row ${row}: took ${samples.rows[row].label} for ${digits[i]}`);
  });
  const batched = await classifyAll(classify, images);
  const differences = batched.filter((digit, i) => digit !== digits[i]).length;
  const accuracy = correct / digits.length;
  console.log(`accuracy ${accuracy.toFixed(4)}: ${correct} of ${digits.length} right, ` +
              `at least ${leastAccuracy.toFixed(4)} wanted`);
  console.log(`${differences} digits differ in batches of ${MAX_BATCH}`);
  return accuracy >= leastAccuracy && differences === 0 ? 0 : 1;
}

async function predict(classify, samples, options) {
  if (options.pixels === '' && options.row >= samples.rows.length) {
    fail(`--row: expected a row of 0..${samples.rows.length - 1}`, 2);
  }
  const image = options.pixels === '' ? samples.rows[options.row].image : parseImage(options.pixels.split(','));
  if (image === undefined) fail('--pixels: expected 64 numbers of 0..16, with commas between', 2);
  console.log((await classify([image]))[0]);
  return 0;
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  const samples = readSamples(options.dataset);
  const classify = await loadClassifier(options);
  if (options.leastAccuracy !== undefined) return selfTest(classify, samples, options.leastAccuracy);
  if (options.row !== undefined || options.pixels !== '') return predict(classify, samples, options);
  const verdicts = await serve(classify, samples);
  if (process.env.REEF_METRICS) writeMetrics(verdicts, options);
  return 0;
}

main().then((status) => process.exit(status), (error) => fail(error.message));
