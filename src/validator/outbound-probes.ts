import { type Cidr, containsAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { User } from "../linux/user.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { plan } from "../rules/plan.ts";
import { likelyPorts, type PortLists, portProbes, spread } from "./port-probes.ts";
import {
	type Attempt,
	addressOf,
	type Gap,
	isTelling,
	isToBeRedirected,
	makeProbe,
	type Probe,
	type Probes,
	type Topic,
	type Way,
	whyNot,
} from "./probe.ts";
import type { Route } from "./routes.ts";

/** What this process is, and can do where it is. */
export interface Position {
	readonly self: User;
	/** Whether it may open sockets as another. */
	readonly mayBe: (user: User) => boolean;
	readonly routes: readonly Route[];
}

/** Users whom nobody exempts; the first is most systems' "nobody". */
const strangers: readonly User[] = [65_534, 65_533, 65_532, 1].map((id) => ({ uid: id, gid: id }));

/** So many of a list whose items take a connection each. */
const mostItems = 8;

/** Everything about one family's outbound connections that can be tried from here, and what cannot. */
export function outboundProbes(policy: RedirectPolicy, family: Family, position: Position): Probes {
	const [route] = position.routes;
	if (route === undefined) {
		const why = "nothing can be sent: there is no route, or no address but the loopback interface's";
		return { probes: [], gaps: [{ topic: "redirect", direction: "outbound", family, why }] };
	}
	return new Outbound(policy, family, position).collect(route);
}

class Outbound {
	readonly #policy: RedirectPolicy;
	readonly #family: Family;
	readonly #position: Position;
	readonly #lists: PortLists;
	readonly #plan;

	constructor(policy: RedirectPolicy, family: Family, position: Position) {
		this.#policy = policy;
		this.#family = family;
		this.#position = position;
		this.#plan = plan(policy);
		const { portsToRedirect, portsToIgnore } = policy.outbound;
		this.#lists = { portsToRedirect, portsToIgnore, proxyPorts: proxyPortsOf(policy) };
	}

	collect(route: Route): Probes {
		const redirected = this.#redirected();
		const usual = { way: this.#way(route), port: 20_001, user: this.#position.self };
		const attempt = redirected?.attempt ?? usual;
		const found = [
			redirected?.probe ?? this.#nothingRedirected(usual),
			...portProbes(this.#plan, attempt, this.#lists),
			...this.#users(attempt),
			...this.#subnets(attempt),
			...this.#interfaces(attempt),
			makeProbe(this.#plan, "loopback", { ...attempt, way: loopback[this.#family] }),
		];
		return {
			probes: found.filter((each): each is Probe => "to" in each).filter(isTelling),
			gaps: found.filter((each): each is Gap => "why" in each),
		};
	}

	/** The first connection that the policy redirects and that can be made here. */
	#redirected(): { readonly attempt: Attempt; readonly probe: Probe } | undefined {
		return this.#attempts([this.#position.self, ...strangers.filter(this.#position.mayBe)])
			.map((attempt) => ({ attempt, probe: makeProbe(this.#plan, "redirect", attempt) }))
			.find(({ probe }) => isToBeRedirected(probe));
	}

	#attempts(users: readonly User[]): Attempt[] {
		return users.flatMap((user) =>
			this.#position.routes.flatMap((route) =>
				likelyPorts(this.#lists).map((port) => ({ way: this.#way(route), port, user })),
			),
		);
	}

	#nothingRedirected(usual: Attempt): Gap {
		const others = this.#attempts(strangers).map((attempt) => makeProbe(this.#plan, "redirect", attempt));
		const { uid, gid } = usual.user;
		const why = whyNot(makeProbe(this.#plan, "redirect", usual).expected);
		return others.some(isToBeRedirected)
			? this.#gap(
					"redirect",
					`this process (user ${uid}, group ${gid}) is exempt itself (${why}): run it as another`,
				)
			: {
					...this.#gap("redirect", `the policy lets pass whatever can be tried here (${why})`),
					isWanted: true,
				};
	}

	#users(attempt: Attempt): (Probe | Gap)[] {
		const { proxyUid, proxyGid, uidsToIgnore } = this.#policy.outbound;
		const uids = [...(proxyUid === undefined ? [] : [proxyUid]), ...spread(uidsToIgnore, mostItems)];
		const { uid, gid } = attempt.user;
		return [
			...uids.map((id) =>
				this.#user("uid", attempt, [
					{ uid: id, gid },
					...(id === this.#position.self.uid ? [this.#position.self] : []),
				]),
			),
			...(proxyGid === undefined
				? []
				: [
						this.#user("gid", attempt, [
							{ uid, gid: proxyGid },
							...(proxyGid === this.#position.self.gid ? [this.#position.self] : []),
						]),
					]),
		];
	}

	#user(topic: "uid" | "gid", attempt: Attempt, users: readonly User[]): Probe | Gap {
		const [wanted] = users;
		const user = users.find((each) => isSame(each, this.#position.self) || this.#position.mayBe(each));
		const who = topic === "uid" ? `user ${wanted?.uid}` : `group ${wanted?.gid}`;
		return user === undefined
			? this.#gap(
					topic,
					`${who}: needs CAP_SETUID and CAP_SETGID, or to be started as that ${topic === "uid" ? "user" : "group"}`,
				)
			: makeProbe(this.#plan, topic, { ...attempt, user });
	}

	#subnets(attempt: Attempt): (Probe | Gap)[] {
		const own = this.#policy.outbound.subnetsToIgnore.filter(({ family }) => family === this.#family);
		return spread(own, mostItems).map((subnet) => {
			const route = this.#position.routes.find(({ target }) => isIn(target, subnet));
			return route === undefined
				? this.#gap("subnet", `to ${subnet.text}: no address in it is certain to be nobody's`)
				: makeProbe(this.#plan, "subnet", { ...attempt, way: this.#way(route) });
		});
	}

	#interfaces(attempt: Attempt): (Probe | Gap)[] {
		const names = this.#policy.outbound.interfacesToIgnore.filter((name) => name !== "lo");
		return names.map((name) => {
			const route = this.#position.routes.find((each) => each.interface === name);
			return route === undefined
				? this.#gap("interface", `through ${name}: nothing can be sent that way`)
				: makeProbe(this.#plan, "interface", { ...attempt, way: this.#way(route) });
		});
	}

	#way(route: Route): Way {
		return { direction: "outbound", family: this.#family, ...route };
	}

	#gap(topic: Topic, why: string): Gap {
		return { topic, direction: "outbound", family: this.#family, why };
	}
}

export function proxyPortsOf({ inbound, outbound }: RedirectPolicy): number[] {
	return [inbound.proxyPort, outbound.proxyPort];
}

const loopback: Readonly<Record<Family, Way>> = {
	ipv4: { direction: "outbound", family: "ipv4", interface: "lo", source: "127.0.0.1", target: "127.0.0.1" },
	ipv6: { direction: "outbound", family: "ipv6", interface: "lo", source: "::1", target: "::1" },
};

function isIn(target: string, subnet: Cidr): boolean {
	return containsAddress(subnet, addressOf(target));
}

function isSame(a: User, b: User): boolean {
	return a.uid === b.uid && a.gid === b.gid;
}
