import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";

/**
 * The parts of prom-client that are used here. All of it would be 12 MB more in every pod: it also loads an HTTP
 * client for the push gateway, support for clusters, and a tracing library.
 */
export { Counter, Gauge, Histogram, Registry };
