// Runs Cloudflare's own engine under node against a server of the bench, in one direction, without packet loss (that needs WebRTC).
//   node cloudflare.mjs ENGINE.js http://SERVER download|upload      prints {"bits_per_s", "idle_ms", "loaded_ms",
// "load_began_s", "probed_s"}: when the first load began, and when the probes were out that loaded_ms is the median of (Unix time)
const [engine, web, direction] = process.argv.slice(2);
const { default: SpeedTest } = await import(engine);
globalThis.window = { location: { origin: web } };
const print = console.log;
console.log = () => {}; // the engine tells every step
const MOST_PROBES = 20; // of its figure: the last ones (loadedLatencyMaxPoints)
const LOAD_MS = 250; // beside loads that took at least so long (loadedRequestMinDuration)
const probes = [];
const loads = [];

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
    const seconds = [times.requestStart, times.responseEnd].map(at => (performance.timeOrigin + at) / 1000);
    if (String(url).includes('during=')) probes.push(seconds);
    else if (!String(url).includes('bytes=0')) loads.push(seconds);
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
  const long = loads.filter(([began, ended]) => (ended - began) * 1000 >= LOAD_MS);
  const beside = probes.filter(([left]) => long.some(([began, ended]) => began <= left && left < ended));
  const down = direction === 'download';
  print(JSON.stringify({
    bits_per_s: down ? results.getDownloadBandwidth() : results.getUploadBandwidth(),
    idle_ms: results.getUnloadedLatency(),
    loaded_ms: down ? results.getDownLoadedLatency() : results.getUpLoadedLatency(),
    load_began_s: Math.min(...loads.map(([began]) => began)),
    probed_s: beside.slice(-MOST_PROBES),
  }));
  process.exit(0);
};
test.play();
