import { CallError } from "../go/call-error.ts";
import { parseDecimal64 } from "../go/parse-number.ts";
import { GoInt, GoObject, int, int64, type Value } from "../go/value.ts";
import type { ChartPort } from "../port.ts";
import { formatSeconds, parseDuration } from "../time/duration.ts";
import { formatTime } from "../time/layout.ts";
import { momentIn } from "../time/moment.ts";
import { type FunctionTable, fixed } from "./function.ts";
import { both } from "./lists.ts";

/** sprig's dates, by the clock that the port has. */
export function dateFunctions(port: ChartPort): FunctionTable {
	const show = (layout: string, date: Value, zone: string): string =>
		formatTime(momentIn(timeOf(date) ?? currentTime(port), zone), layout);
	const dateInZone = fixed(["string", "any", "string"], show);
	const dateModify = fixed(["string", "time"], modify);
	return {
		now: fixed([], () => timeObject(currentTime(port), "Local")),
		date: fixed(["string", "any"], (layout, date) => show(layout, date, "Local")),
		dateInZone,
		date_in_zone: dateInZone,
		htmlDate: fixed(["any"], (date) => show("2006-01-02", date, "Local")),
		htmlDateInZone: fixed(["any", "string"], (date, zone) => show("2006-01-02", date, zone)),
		...both("dateModify", dateModify),
		date_modify: dateModify,
		must_date_modify: dateModify,
		unixEpoch: fixed(["time"], (date) => String(Math.floor(innerTime(date) / 1000))),
		duration: fixed(["any"], (seconds) => formatSeconds(secondsOf(seconds))),
	};
}

function currentTime(port: ChartPort): number {
	if (port.now === undefined) {
		throw new CallError("the time is not available here");
	}
	return port.now();
}

/** Undefined for what sprig takes to mean now. */
function timeOf(date: Value): number | undefined {
	if (date instanceof GoObject && date.type === "time.Time") {
		return innerTime(date);
	}
	return date instanceof GoInt && date.type.startsWith("int") ? Number(date.value) * 1000 : undefined;
}

function innerTime(date: GoObject): number {
	return date.inner as number;
}

function modify(change: string, date: GoObject): GoObject {
	const milliseconds = parseDuration(change);
	return milliseconds === undefined ? date : timeObject(innerTime(date) + milliseconds, "Local");
}

function secondsOf(value: Value): bigint {
	if (typeof value === "string") {
		return parseDecimal64(value) ?? 0n;
	}
	return value instanceof GoInt && value.type === "int64" ? value.value : 0n;
}

/** `time.Time`, with those of its methods that charts use. */
function timeObject(time: number, zone: string): GoObject {
	const moment = momentIn(time, zone);
	return new GoObject("time.Time", {
		methods: new Map([
			["Format", fixed(["string"], (layout) => formatTime(moment, layout))],
			["Unix", fixed([], () => int64(Math.floor(time / 1000)))],
			["Year", fixed([], () => int(moment.year))],
			["Day", fixed([], () => int(moment.day))],
			["YearDay", fixed([], () => int(moment.yearDay))],
			["UTC", fixed([], () => timeObject(time, "UTC"))],
			["Local", fixed([], () => timeObject(time, "Local"))],
		]),
		text: () => formatTime(moment, "2006-01-02 15:04:05.999999999 -0700 MST"),
		marshal: () => formatTime(moment, "2006-01-02T15:04:05.999999999Z07:00"),
		inner: time,
	});
}
