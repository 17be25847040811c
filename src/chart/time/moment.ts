/** A point in time as a calendar and a clock in some zone show it. */
export interface Moment {
	/** Milliseconds since the epoch. */
	readonly time: number;
	readonly zone: string;
	/** Minutes east of Greenwich. */
	readonly offset: number;
	readonly year: number;
	/** From 1. */
	readonly month: number;
	readonly day: number;
	/** From 1. */
	readonly yearDay: number;
	/** 0 is Sunday. */
	readonly weekday: number;
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
	readonly millisecond: number;
}

/** In `UTC`, in `Local`, or in a zone of the IANA database; like sprig, in UTC where there is no such zone. */
export function momentIn(time: number, zone: string): Moment {
	const offset = offsetOf(time, zone);
	const shown = new Date(time + (offset ?? 0) * 60_000);
	const year = shown.getUTCFullYear();
	return {
		time,
		zone: offset === undefined || zone === "" ? "UTC" : zone,
		offset: offset ?? 0,
		year,
		month: shown.getUTCMonth() + 1,
		day: shown.getUTCDate(),
		yearDay:
			Math.round(
				(Date.UTC(year, shown.getUTCMonth(), shown.getUTCDate()) - Date.UTC(year, 0, 1)) / 86_400_000,
			) + 1,
		weekday: shown.getUTCDay(),
		hour: shown.getUTCHours(),
		minute: shown.getUTCMinutes(),
		second: shown.getUTCSeconds(),
		millisecond: shown.getUTCMilliseconds(),
	};
}

function offsetOf(time: number, zone: string): number | undefined {
	if (zone === "" || zone === "UTC") {
		return 0;
	}
	if (zone === "Local") {
		return -new Date(time).getTimezoneOffset();
	}
	try {
		const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
		const name = format.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "";
		const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
		return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
	} catch {
		return undefined;
	}
}
