import { CallError } from "../go/call-error.ts";
import type { Moment } from "./moment.ts";

const months = "January February March April May June July August September October November December".split(
	" ",
);
const days = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** The parts of Go's reference time, `Mon Jan 2 15:04:05 MST 2006`, longest first. */
const part =
	/January|Jan|Monday|Mon|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|002|__2|_2(?!006)|01|02|03|04|05|06|15|PM|pm|1|2|3|4|5/g;

/** A time in the form of a layout (time.Format): the layout shows how the reference time would look. */
export function formatTime(moment: Moment, layout: string): string {
	return layout.replace(part, (name) => formatPart(moment, name));
}

function formatPart(moment: Moment, name: string): string {
	const { year, month, day, hour, minute, second } = moment;
	switch (name) {
		case "2006":
			return pad(year, 4);
		case "06":
			return pad(year % 100, 2);
		case "January":
			return months[month - 1] ?? "";
		case "Jan":
			return (months[month - 1] ?? "").slice(0, 3);
		case "01":
			return pad(month, 2);
		case "1":
			return String(month);
		case "02":
			return pad(day, 2);
		case "_2":
			return String(day).padStart(2);
		case "2":
			return String(day);
		case "15":
			return pad(hour, 2);
		case "04":
			return pad(minute, 2);
		case "4":
			return String(minute);
		case "05":
			return pad(second, 2);
		case "5":
			return String(second);
		default:
			return formatRarePart(moment, name);
	}
}

function formatRarePart(moment: Moment, name: string): string {
	const { hour, weekday, yearDay } = moment;
	switch (name) {
		case "Monday":
			return days[weekday] ?? "";
		case "Mon":
			return (days[weekday] ?? "").slice(0, 3);
		case "002":
			return pad(yearDay, 3);
		case "__2":
			return String(yearDay).padStart(3);
		case "03":
			return pad(hour % 12 || 12, 2);
		case "3":
			return String(hour % 12 || 12);
		case "PM":
			return hour < 12 ? "AM" : "PM";
		case "pm":
			return hour < 12 ? "am" : "pm";
		case "MST":
			return zoneName(moment);
		default:
			return /^[.,]/.test(name) ? formatFraction(moment, name) : formatOffset(moment.offset, name);
	}
}

/** `.000` keeps zeros, `.999` drops them; behind anything but seconds Go takes neither for a fraction. */
function formatFraction({ millisecond }: Moment, name: string): string {
	const digits = pad(millisecond, 3)
		.padEnd(9, "0")
		.slice(0, name.length - 1);
	if (name.charAt(1) === "0") {
		return name.charAt(0) + digits;
	}
	const kept = digits.replace(/0+$/, "");
	return kept === "" ? "" : name.charAt(0) + kept;
}

function formatOffset(offset: number, name: string): string {
	if (offset === 0 && name.startsWith("Z")) {
		return "Z";
	}
	const size = Math.abs(offset);
	const [hours, minutes] = [pad(Math.trunc(size / 60), 2), pad(size % 60, 2)];
	const colon = name.includes(":") ? ":" : "";
	const tail = [hours, minutes, "00"].slice(0, name.replace(/\D/g, "").length / 2).join(colon);
	return (offset < 0 ? "-" : "+") + tail;
}

function zoneName({ zone }: Moment): string {
	if (zone === "UTC") {
		return "UTC";
	}
	throw new CallError(`the name of the time zone ${zone} is not supported in a layout`);
}

function pad(value: number, width: number): string {
	return String(value).padStart(width, "0");
}
