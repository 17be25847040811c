import { Counter, Gauge, Histogram, Registry, registerProcessMetrics } from "../serving/prometheus.ts";
import type { AdmissionAnswer } from "./admit-pod.ts";
import type { EventFate } from "./events.ts";

type ReviewOutcome = AdmissionAnswer["kind"] | "malformed";

export interface Metrics {
	reviewed(outcome: ReviewOutcome): void;
	skipped(code: string): void;
	took(milliseconds: number): void;
	turnedAway(status: number): void;
	reloaded(what: string, result: "done" | "refused"): void;
	certificateUntil(date: Date): void;
	event(fate: EventFate): void;
	watchFailed(): void;
	/** In Prometheus's text format, of this moment. */
	render(): Promise<string>;
	readonly contentType: string;
}

const outcomes: readonly ReviewOutcome[] = ["injected", "skipped", "refused", "failed", "malformed"];
const fates: readonly EventFate[] = ["sent", "failed", "dropped", "repeated"];
const reloads = ["configuration", "certificate"].flatMap((what) => [
	{ what, result: "done" },
	{ what, result: "refused" },
]);
const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Labels have few values, all of our own making: nobody outside can make series. */
export function createMetrics(namespaces: () => number): Metrics {
	const registry = new Registry();
	const registers = [registry];
	const counter = (name: string, help: string, labelNames: string[]) =>
		new Counter({ name: `shunt_injector_${name}`, help, labelNames, registers });
	const reviews = counter("reviews_total", "Reviews answered, by what the answer was.", ["outcome"]);
	const skips = counter("skips_total", "Pods left as they are, by why.", ["reason"]);
	const refusals = counter("requests_turned_away_total", "Requests that held no review.", ["status"]);
	const reloading = counter("reloads_total", "Changes of mounted files.", ["what", "result"]);
	const events = counter("events_total", "Kubernetes Events, by what became of them.", ["result"]);
	const watchFailures = counter("namespace_watch_failures_total", "Failed lists and watches.", []);
	const duration = new Histogram({
		name: "shunt_injector_review_seconds",
		help: "From a review's last byte to its answer.",
		buckets: seconds,
		registers,
	});
	const expiry = new Gauge({
		name: "shunt_injector_certificate_expiry_timestamp_seconds",
		help: "When the certificate in use ends, in seconds since 1970.",
		registers,
	});
	new Gauge({
		name: "shunt_injector_namespaces",
		help: "Namespaces whose annotations are known.",
		registers,
		collect() {
			this.set(namespaces());
		},
	});
	registerProcessMetrics(registry);
	for (const outcome of outcomes) {
		reviews.inc({ outcome }, 0);
	}
	for (const result of fates) {
		events.inc({ result }, 0);
	}
	for (const labels of reloads) {
		reloading.inc(labels, 0);
	}
	return {
		reviewed: (outcome) => reviews.inc({ outcome }),
		skipped: (reason) => skips.inc({ reason }),
		took: (milliseconds) => duration.observe(milliseconds / 1000),
		turnedAway: (status) => refusals.inc({ status }),
		reloaded: (what, result) => reloading.inc({ what, result }),
		certificateUntil: (date) => expiry.set(date.getTime() / 1000),
		event: (result) => events.inc({ result }),
		watchFailed: () => watchFailures.inc(),
		render: () => registry.metrics(),
		contentType: registry.contentType,
	};
}
