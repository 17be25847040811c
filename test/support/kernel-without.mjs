/**
 * `node kernel-without.mjs nf_tables,ip_tables PROGRAM ARGS…` becomes PROGRAM, to which and to whose children the kernel
 * speaks as one without those modules would: a seccomp filter (seccomp(2)) answers the system calls that would reach it.
 */
import koffi from "koffi";

const [wanted, program, ...args] = process.argv.slice(2);

/** seccomp_data and the actions of linux/seccomp.h; the instructions of linux/bpf_common.h. */
const offsetOf = { number: 0, architecture: 4, argument: (index) => 16 + 8 * index };
const allow = 0x7fff0000;
const errno = (number) => 0x00050000 + number;
const load = (offset) => [0x20, 0, 0, offset];
const unlessEqual = (value, skip) => [0x15, 0, skip, value];
const answer = (action) => [0x06, 0, 0, action];

/** AUDIT_ARCH_… of linux/audit.h and the system calls' numbers. */
const machines = {
	x64: { architecture: 0xc000003e, socket: 41, setsockopt: 54, getsockopt: 55 },
	arm64: { architecture: 0xc00000b7, socket: 198, setsockopt: 208, getsockopt: 209 },
};
const machine = machines[process.arch];

/** What a program meets, checked in this order: all arguments have to be equal. */
const refusalsOf = {
	/** No nfnetlink: socket(AF_NETLINK, …, NETLINK_NETFILTER) is EPROTONOSUPPORT. */
	nf_tables: [{ call: "socket", arguments: { 0: 16, 2: 12 }, error: 93 }],
	/** No netlink at all, as RestrictAddressFamilies= of systemd.exec(5) has it: EAFNOSUPPORT. */
	netlink: [{ call: "socket", arguments: { 0: 16 }, error: 97 }],
	/** No sock_diag(7) to ask for sockets: socket(AF_NETLINK, …, NETLINK_SOCK_DIAG) is EPROTONOSUPPORT. */
	sock_diag: [{ call: "socket", arguments: { 0: 16, 2: 4 }, error: 93 }],
	/** No such socket options, as IPT_BASE_CTL of linux/netfilter_ipv4/ip_tables.h: ENOPROTOOPT. */
	ip_tables: ["getsockopt", "setsockopt"].flatMap((call) =>
		[0, 41].flatMap((level) =>
			[64, 65].map((option) => ({ call, arguments: { 1: level, 2: option }, error: 92 })),
		),
	),
};
const refusals = wanted.split(",").flatMap((module) => refusalsOf[module]);

const checks = refusals.map(({ call, arguments: values, error }) => {
	const held = Object.entries(values);
	const length = 2 + 2 * held.length + 1;
	const steps = [load(offsetOf.number), unlessEqual(machine[call], length - 2)];
	for (const [index, value] of held) {
		steps.push(load(offsetOf.argument(Number(index))), unlessEqual(value, length - steps.length - 2));
	}
	return [...steps, answer(errno(error))];
});
const filter = [
	load(offsetOf.architecture),
	unlessEqual(machine.architecture, checks.flat().length),
	...checks.flat(),
	answer(allow),
];

const instructions = Buffer.alloc(filter.length * 8);
for (const [index, [code, onTrue, onFalse, value]] of filter.entries()) {
	instructions.writeUInt16LE(code, index * 8);
	instructions.writeUInt8(onTrue, index * 8 + 2);
	instructions.writeUInt8(onFalse, index * 8 + 3);
	instructions.writeUInt32LE(value, index * 8 + 4);
}
koffi.struct("sock_fprog", { len: "uint16_t", filter: "uint8_t *" });
const libc = koffi.load(null);
const prctl = libc.func("int prctl(int, unsigned long, sock_fprog *, unsigned long, unsigned long)");
const execve = libc.func("int execve(const char *, const char **, const char **)");

const fcntl = libc.func("int fcntl(int, int, int)");

/** Node keeps its streams from what it becomes: FD_CLOEXEC is taken off again. */
const setDescriptorFlags = 2;
for (const stream of [0, 1, 2]) {
	fcntl(stream, setDescriptorFlags, 0);
}
const setSeccomp = 22;
const filterMode = 2;
if (prctl(setSeccomp, filterMode, { len: filter.length, filter: instructions }, 0, 0) !== 0) {
	throw new Error("the kernel takes no seccomp filter (CAP_SYS_ADMIN is needed)");
}
const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
execve(program, [program, ...args, null], [...environment, null]);
throw new Error(`${program} could not be started`);
