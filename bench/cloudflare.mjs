// Runs Cloudflare's own engine under node against a server of the bench, in one direction, without packet loss (that needs WebRTC).
//   node cloudflare.mjs ENGINE.js http://SERVER download|upload      prints {"bits_per_s", "idle_ms", "loaded_ms"}
const [engine, web, direction] = process.argv.slice(2);
const { default: SpeedTest } = await import(engine);
globalThis.window = { location: { origin: web } };
const print = console.log;
console.log = () => {}; // the engine tells every step


// A browser tells the engine when a request left and its answer came. Node tells that too late, so it is noted here.
const noted = new Map();
const plainFetch = globalThis.fetch;
globalThis.fetch = async (url, options) => {
  const kept = { connectStart: 0, connectEnd: 0, secureConnectionStart: 0, nextHopProtocol: 'http/1.1', transferSize: 0 };
  const times = { ...kept, requestStart: performance.now() };
  const answer = await plainFetch(url, options);
  times.responseStart = performance.now();
  const whole = answer.text.bind(answer);
  answer.text = async () => {
    const text = await whole();
    times.responseEnd = performance.now();
    noted.set(String(url), times);
    return text;
  };
  return answer;
};
performance.getEntriesByName = url => [noted.get(url)];

// The published sequence of version 1.14, by direction.
const SEQUENCE = {
  download: [[1e5, 1, true], [1e5, 9], [1e6, 8], [1e7, 6], [2.5e7, 4], [1e8, 3], [2.5e8, 2]],
  upload: [[1e5, 8], [1e6, 6], [1e7, 4], [2.5e7, 4], [5e7, 3]],
};
const sets = SEQUENCE[direction].map(([bytes, count, bypassMinDuration = false]) =>
  ({ type: direction, bytes, count, bypassMinDuration }));
const test = new SpeedTest({
  autoStart: false,
  downloadApiUrl: `${web}/__down`,
  uploadApiUrl: `${web}/__up`,
  measurements: [{ type: 'latency', numPackets: 20 }, ...sets],
  logMeasurementApiUrl: null, // what was measured is told to nobody
  logAimApiUrl: null,
});
test.onError = error => { console.error(error); process.exit(1); };
test.onFinish = results => {
  const down = direction === 'download';
  print(JSON.stringify({
    bits_per_s: down ? results.getDownloadBandwidth() : results.getUploadBandwidth(),
    idle_ms: results.getUnloadedLatency(),
    loaded_ms: down ? results.getDownLoadedLatency() : results.getUpLoadedLatency(),
  }));
  process.exit(0);
};
test.play();
