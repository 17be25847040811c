import { expect, it } from "vitest";
import { messagesIn } from "../wire/attributes.ts";
import { headerLength, words } from "../wire/bytes.ts";
import { messageType } from "../wire/nf-tables.ts";
import { refusal } from "./kernel-failure.ts";
import { probe } from "./nftables/kernel-batch.ts";

const batch = probe({ order: "little" });
const [rule] = (messagesIn(batch.bytes, words["little"]) ?? []).filter(
	({ type, start, end }) => type === messageType.newRule && batch.bytes.slice(start, end).includes("redir\0"),
);
const beginning = (rule?.start ?? 0) - headerLength;
const name = batch.bytes.indexOf("redir\0", beginning) - beginning;

/** Where the kernel says that the fault is, which newer ones say more exactly than Linux 5.10. */
it.each([
	["the expression's header", name - 8, "redir"],
	["its name", name - 4, "redir"],
	["its end", name + 7, "redir"],
	["what the rule is in", 4 + headerLength, undefined],
	["nothing", undefined, undefined],
])("the expression that the kernel does not have is known where it points at %s", (_, offset, found) => {
	const error = {
		sequence: rule?.sequence ?? 0,
		errno: 2,
		...(offset === undefined ? {} : { offset }),
	};
	const { message, lack } = refusal([error], batch, "little");
	expect(lack?.modules).toEqual(found === undefined ? undefined : ["nft_redir"]);
	expect(message.includes(", at redir")).toBe(found !== undefined);
});
